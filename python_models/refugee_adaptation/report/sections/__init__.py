"""The sections of the page, in the order of the story."""

from refugee_adaptation.report.sections import (
    adaptation,
    anomalies,
    cascades,
    communities,
    crawl,
    engagement,
    evidence,
    recommendations,
    retention,
    topics,
)
from refugee_adaptation.report.story import Section

SECTIONS: tuple[Section, ...] = (
    crawl.PEOPLE,
    engagement.ENGAGEMENT,
    adaptation.CHANGE,
    adaptation.ADAPTATION,
    topics.TOPICS,
    communities.COMMUNITIES,
    retention.RETENTION,
    cascades.CASCADES,
    anomalies.ANOMALIES,
    recommendations.RECOMMENDATIONS,
    crawl.CRAWL,
    evidence.FINDINGS,
    evidence.REPLICATION,
)
