"""Words, phrases and tags of the synthetic sample, read from `vocabulary.toml`.

All of it was written for this generator; tags are short names that people use
everywhere (`tiktokrefugee`, `fyp`), so they may coincide with real ones.
"""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Topic:
    """One planted topic: its name and its words in both languages."""

    name: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True)
class TagCommunity:
    """One planted tag community: its name, its topic's position and its tags."""

    name: str
    topic: int
    english: tuple[str, ...]
    chinese: tuple[str, ...]


def _read() -> dict[str, Any]:
    file = resources.files("refugee_adaptation.sample") / "vocabulary.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


_FILE = _read()


def _list(section: str, name: str) -> tuple[str, ...]:
    return tuple(_FILE[section][name])


TOPICS: tuple[Topic, ...] = tuple(
    Topic(entry["name"], tuple(entry["english"]), tuple(entry["chinese"]))
    for entry in _FILE["topics"]
)
TAG_COMMUNITIES: tuple[TagCommunity, ...] = tuple(
    TagCommunity(
        entry["name"],
        [topic.name for topic in TOPICS].index(entry["topic"]),
        tuple(entry["english"]),
        tuple(entry["chinese"]),
    )
    for entry in _FILE["tag_communities"]
)

REFUGEE_TAGS = _list("tags", "refugee_tags")
REFUGEE_TAGS_ZH = _list("tags", "refugee_tags_zh")
VIRAL_TAGS = _list("tags", "viral_tags")
NATIVE_TAGS_ZH = _list("tags", "native_tags_zh")
CULTURE_TAGS_ZH = _list("tags", "culture_tags_zh")
CULTURE_TAGS = _list("tags", "culture_tags")
PROMOTION_TAGS = _list("tags", "promotion_tags")
PROMOTION_TAGS_ZH = _list("tags", "promotion_tags_zh")
FOLLOW_TAGS = _list("tags", "follow_tags")
FOLLOW_TAGS_ZH = _list("tags", "follow_tags_zh")
SEED_TAGS = _list("tags", "seed_tags")
RARE_HEADS = _list("tags", "rare_heads")
RARE_TAILS = _list("tags", "rare_tails")
RARE_HEADS_ZH = _list("tags", "rare_heads_zh")
RARE_TAILS_ZH = _list("tags", "rare_tails_zh")

PLACES = _list("people", "places")
PLACES_ZH = _list("people", "places_zh")
NICK_HEADS = _list("people", "nick_heads")
NICK_TAILS = _list("people", "nick_tails")
NICK_ZH = _list("people", "nick_zh")
IP_CHINA = _list("people", "ip_china")
IP_WORLD = _list("people", "ip_world")

EMOJI = _list("marks", "emoji")
STICKERS = _list("marks", "stickers")

MODIFIERS = _list("phrases", "modifiers")
MODIFIERS_ZH = _list("phrases", "modifiers_zh")
CULTURE_WORDS = _list("phrases", "culture_words")
CULTURE_WORDS_ZH = _list("phrases", "culture_words_zh")
TOPIC_SENTENCES = _list("phrases", "topic_sentences")
TOPIC_SENTENCES_ZH = _list("phrases", "topic_sentences_zh")
TOPIC_PHRASES = _list("phrases", "topic_phrases")
TOPIC_PHRASES_ZH = _list("phrases", "topic_phrases_zh")
SHORT_PHRASES = _list("phrases", "short_phrases")
SHORT_PHRASES_ZH = _list("phrases", "short_phrases_zh")
PLAIN_PHRASES = _list("phrases", "plain_phrases")
VIRAL_PHRASES = _list("phrases", "viral_phrases")
VIRAL_SHORT = _list("phrases", "viral_short")
PLAIN_SHORT = _list("phrases", "plain_short")
GREETINGS = _list("phrases", "greetings")
GREETINGS_ZH = _list("phrases", "greetings_zh")
QUESTIONS = _list("phrases", "questions")
QUESTIONS_ZH = _list("phrases", "questions_zh")
FOLLOW_REQUESTS = _list("phrases", "follow_requests")
FOLLOW_REQUESTS_ZH = _list("phrases", "follow_requests_zh")
SHORT_GREETINGS = _list("phrases", "short_greetings")
SHORT_GREETINGS_ZH = _list("phrases", "short_greetings_zh")
SHORT_QUESTIONS = _list("phrases", "short_questions")
SHORT_QUESTIONS_ZH = _list("phrases", "short_questions_zh")
SHORT_FOLLOWS = _list("phrases", "short_follows")
SHORT_FOLLOWS_ZH = _list("phrases", "short_follows_zh")
SHORT_CULTURES = _list("phrases", "short_cultures")
SHORT_CULTURES_ZH = _list("phrases", "short_cultures_zh")
SHORT_SAVES = _list("phrases", "short_saves")
SHORT_SAVES_ZH = _list("phrases", "short_saves_zh")
CULTURE_SENTENCES = _list("phrases", "culture_sentences")
CULTURE_SENTENCES_ZH = _list("phrases", "culture_sentences_zh")
SAVE_WORTHY = _list("phrases", "save_worthy")
SAVE_WORTHY_ZH = _list("phrases", "save_worthy_zh")
PROMOTION_SENTENCES = _list("phrases", "promotion_sentences")
HOSTILE_TITLES = _list("phrases", "hostile_titles")
COMMENTS = _list("phrases", "comments")
COMMENTS_ZH = _list("phrases", "comments_zh")
REPLY_OPENERS = _list("phrases", "reply_openers")
REPLY_OPENERS_ZH = _list("phrases", "reply_openers_zh")
