"""Settings of the synthetic sample: what is planted, and how strongly."""

from dataclasses import dataclass

GROUPS = ("imitator", "social_explorer", "cultural_adapter")
GROUP_SHARES = (0.48, 0.32, 0.20)
SIGNS = ("promotion", "tag_stuffing", "burst", "near_duplicate", "coordinated")
RETENTION_DAYS = 28


@dataclass(frozen=True)
class Settings:
    """What to generate and what to plant.

    Attributes:
        posts: Number of distinct, readable posts.
        seed: Seed of every random draw.
        separation: Distance between the adaptation groups, in standard deviations of
            one behaviour; 0 plants no groups.
        tag_loyalty: Probability that a tag of interest comes from the user's own tag
            community; 0 plants no tag communities.
        reply_loyalty: Probability that a reply goes to the user's own reply community;
            0 plants no reply communities.
        topic_focus: Share of the topic words of a post that belong to its topic; 0
            plants no topics.
        retention_effect: Scale of the retention model's coefficients; 0 makes staying
            independent of everything.
        adoption_probability: Probability of adopting a tag per exposure; 0 plants no
            cascades.
        anomalies: Whether promotion, bursts, copies and coordination are planted.
        comments: Whether comments are generated.
        warts: Whether duplicates, broken rows and edited times are added.
        authors_per_post: Post authors per post. 0.44 is the ratio of an unsampled
            crawl; the search-sampled study has 0.93 and therefore hardly any user
            history, in which nothing could be planted.
    """

    posts: int = 3_000
    seed: int = 20250113
    separation: float = 4.0
    tag_loyalty: float = 0.9
    reply_loyalty: float = 0.9
    topic_focus: float = 0.9
    retention_effect: float = 1.0
    adoption_probability: float = 0.25
    anomalies: bool = True
    comments: bool = True
    warts: bool = True
    authors_per_post: float = 0.44

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A setting is out of range; the message names it.
        """
        if self.posts < 1:
            raise ValueError(f"posts must be at least 1, got {self.posts}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}")
        for name in ("separation", "retention_effect"):
            if not 0 <= getattr(self, name) <= 20:
                raise ValueError(
                    f"{name} must lie in 0 to 20, got {getattr(self, name)}"
                )
        for name in (
            "tag_loyalty",
            "reply_loyalty",
            "topic_focus",
            "adoption_probability",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"{name} must lie in 0 to 1, got {getattr(self, name)}"
                )
        if not 0 < self.authors_per_post <= 1:
            raise ValueError(
                f"authors_per_post must lie above 0 and up to 1, "
                f"got {self.authors_per_post}"
            )
