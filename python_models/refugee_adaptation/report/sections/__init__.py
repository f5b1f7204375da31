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
    summary,
    topics,
)
from refugee_adaptation.report.story import Section

SECTIONS: tuple[Section, ...] = (
    summary.SUMMARY,
    crawl.CRAWL,
    crawl.PEOPLE,
    engagement.ENGAGEMENT,
    topics.TOPICS,
    adaptation.ADAPTATION,
    anomalies.ANOMALIES,
    communities.COMMUNITIES,
    retention.RETENTION,
    cascades.CASCADES,
    recommendations.RECOMMENDATIONS,
    evidence.FINDINGS,
    evidence.REPLICATION,
)
