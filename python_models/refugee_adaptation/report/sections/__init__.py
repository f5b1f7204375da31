"""The sections of the page, in the order of the story."""

from refugee_adaptation.report.sections import (
    communities,
    engagement,
    evidence,
    groups,
    people,
    retention,
    short,
    spread,
    topics,
)
from refugee_adaptation.report.story import Section

SECTIONS: tuple[Section, ...] = (
    short.SHORT,
    people.CRAWL,
    people.PEOPLE,
    engagement.ENGAGEMENT,
    topics.TOPICS,
    groups.ADAPTATION,
    groups.ANOMALIES,
    communities.COMMUNITIES,
    retention.RETENTION,
    spread.CASCADES,
    spread.RECOMMENDATIONS,
    evidence.FINDINGS,
    evidence.REPLICATION,
)
