"""Communities and key people: what is established, who is central, the network."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import network
from refugee_adaptation.report.charts import sparkline
from refugee_adaptation.report.columns import (
    both,
    chance,
    interval,
    judged,
    made,
    person,
    plain,
    said,
    share,
    worded,
)
from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.sections.growth import group_drift
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.templating import fill
from refugee_adaptation.report.texts import say, term
from refugee_adaptation.wording.numbers import MISSING, number, of_hundred, rank, span

# circles that are shown at once, and bars of the small picture of each
MOST_CIRCLES = 8
WEEKS = 24


def _verdicts(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            tie_kind,
            verdict,
            user_count,
            tie_count,
            community_count,
            z_score,
            p_value,
            degree_preserving_z_score,
            louvain_seed_ari,
            leiden_consensus_ari,
            reason,
            reason_zh
        from community_verdicts
        order by tie_kind
        """
    )
    holding = story.marts.ask(
        """
        select tie_kind, count(*) as established_count
        from communities
        where is_established
        group by tie_kind
        """
    )
    established = {row["tie_kind"]: row["established_count"] for row in holding.rows}
    for row in found.some().rows:
        story.proof(
            f"communities.{row['verdict'].replace(' ', '_')}",
            found,
            holding,
            kind=term("tie_kind", row["tie_kind"]),
            established=number(established.get(row["tie_kind"], 0)),
            count=number(row["community_count"]),
            users=number(row["user_count"]),
            reason=both(row, "reason"),
        )
    story.table(
        "communities.verdicts",
        found,
        (
            worded("tie_kind"),
            judged(),
            "user_count",
            "tie_count",
            "community_count",
            "z_score",
            chance("p_value"),
            "degree_preserving_z_score",
            "louvain_seed_ari",
            "leiden_consensus_ari",
        ),
    )


def _numbered(row: Row) -> Markup:
    """Name a circle by its number among those of its ties."""
    return say(
        "communities.unnamed",
        number=number(row["community_number"]),
        kind=term("tie_kind", row["tie_kind"]),
    )


def _circles(story: Story) -> None:
    """Show each circle that holds: what sets it apart, its size, and when it talks."""
    found = story.marts.ask(
        f"""
        with

        days as (
            select min(post_date) as first_date, max(post_date) as last_date
            from fct_posts
        ),

        counted as (
            select
                people.community_id,
                least({WEEKS - 1}, floor(
                    {WEEKS} * (posts.post_date - days.first_date)
                    / (days.last_date - days.first_date + 1)
                ))::integer as part,
                count(*) as post_count
            from influencers as people
            inner join fct_posts as posts on people.user_id = posts.user_id
            cross join days
            where posts.post_date is not null
            group by people.community_id, part
        ),

        parts as (
            select communities.community_id, unnest(range({WEEKS})) as part
            from communities
        ),

        weeks as (
            select
                parts.community_id,
                list(coalesce(counted.post_count, 0) order by parts.part)
                    as post_counts
            from parts
            left join counted
                on
                    parts.community_id = counted.community_id
                    and parts.part = counted.part
            group by parts.community_id
        )

        select
            communities.community_id,
            communities.tie_kind,
            community_number,
            community_name,
            user_count,
            newcomer_share,
            inside_share,
            weeks.post_counts
        from communities
        left join weeks
            on communities.community_id = weeks.community_id
        where communities.is_established
        order by communities.tie_kind, communities.community_number
        limit {MOST_CIRCLES}
        """
    )
    if found.frame.empty:
        return
    story.text("communities.circle")
    story.html(
        Markup('<div class="kinds many">{}</div>').format(
            Markup("").join(
                Markup('<article><h3 id="{}">{}</h3>{}<p>{}</p></article>').format(
                    row["community_id"],
                    Markup("<bdi>{}</bdi>").format(row["community_name"][:60])
                    if row["community_name"]
                    else _numbered(row),
                    sparkline(row["post_counts"] or [], row["community_id"]),
                    say(
                        "communities.profile",
                        kind=term("tie_kind", row["tie_kind"]),
                        users=number(row["user_count"]),
                        newcomers=of_hundred(row["newcomer_share"]),
                        inside=of_hundred(row["inside_share"]),
                    ),
                )
                for row in found.rows
            )
        ),
        found,
    )


def _list(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            community_id,
            tie_kind,
            community_number,
            if(is_established, 'established', 'not established') as verdict,
            community_name,
            user_count,
            newcomer_share,
            tie_count,
            inside_share,
            resample_stability,
            leading_post_share,
            if(
                is_established or (reason_message ->> 'code') like 'network%',
                null,
                reason
            ) as reason,
            reason_zh
        from communities
        order by tie_kind, community_number
        """
    )
    if found.frame.empty:
        return
    columns = (
        made("community_id", _numbered),
        judged(),
        "community_name",
        "user_count",
        share("newcomer_share"),
        "tie_count",
        share("inside_share"),
        "resample_stability",
        share("leading_post_share"),
        said("reason"),
    )
    named = [plain(one) if isinstance(one, str) else one for one in columns]
    story.table(
        "communities.list",
        found,
        # where every network is judged as a whole, no community has a reason of its own
        [one for one in named if found.frame[one.name].notna().any()],
    )


def _network(story: Story) -> None:
    data = network.network_data(story.marts, story.most_people)
    queries = data.pop("queries")
    if not data["kinds"]:
        story.notice("network.none", *queries)
        return
    people = sum(len(kind["people"]) for kind in data["kinds"])
    data.update(
        most=network.MOST_COMMUNITIES,
        colours=network.COLOURS,
        shapes=network.SHAPES,
        other=network.OTHER_COLOUR,
    )
    story.data["network-data"] = network.as_data(data)
    story.data["network-item"] = network.as_data(network.plot_item())
    story.scripts += network.scripts()
    described = (
        f"Network of {people} people; the table below lists them, "
        "the form above filters and finds them."
    )
    story.html(
        fill(
            "network.html.jinja",
            kinds=data["kinds"],
            described=described,
            most=number(network.MOST_TIES),
        ),
        *queries,
    )


def _rank(row: Row) -> str:
    low, high = row["pagerank_rank_low"], row["pagerank_rank_high"]
    place = rank(row["pagerank_rank"], low, high, row["all_count"])
    return (
        place if MISSING in (place, span(low, high)) else f"{place} {span(low, high)}"
    )


def _influencers(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            user_id,
            tie_kind,
            pagerank_rank,
            pagerank_rank_low,
            pagerank_rank_high,
            betweenness,
            core_number,
            in_reach_count,
            total_like_count,
            like_rank,
            is_newcomer,
            count(*) over (partition by tie_kind) as all_count
        from influencers
        qualify row_number() over (
            partition by tie_kind order by pagerank_rank, like_rank, user_id
        ) <= 5
        order by tie_kind, pagerank_rank, like_rank, user_id
        """
    )
    if found.frame.empty:
        return
    story.table(
        "communities.influencers",
        found,
        (
            person(),
            worded("tie_kind"),
            made("pagerank_rank", _rank, numbers=True),
            "betweenness",
            "core_number",
            "in_reach_count",
            "total_like_count",
            "like_rank",
            "is_newcomer",
        ),
    )


def _agreement(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            measure,
            tie_kind,
            verdict,
            spearman_rho,
            rho_low,
            rho_high,
            top_overlap_count,
            top_overlap_by_chance,
            user_count
        from influencer_agreement
        order by tie_kind, measure
        """
    )
    if not found.frame.empty:
        story.table(
            "communities.agreement",
            found,
            (
                worded("measure"),
                worded("tie_kind"),
                judged(),
                "spearman_rho",
                interval("rho_low", "rho_high"),
                "top_overlap_count",
                "top_overlap_by_chance",
                "user_count",
            ),
        )


COMMUNITIES = Section(
    "communities",
    (_verdicts, _circles, _network, _list, _influencers, _agreement, group_drift),
)
