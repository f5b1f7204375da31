"""Communities and key people: what is established, who is central, the network."""

from __future__ import annotations

from refugee_adaptation.report import charts, network
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.templating import fill
from refugee_adaptation.report.texts import chart_term, sentence, term
from refugee_adaptation.report.wording import number


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
            reason
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
        story.lead(
            f"communities.{row['verdict'].replace(' ', '_')}",
            found,
            holding,
            kind=term("tie_kind", row["tie_kind"]),
            established=number(established.get(row["tie_kind"], 0)),
            count=number(row["community_count"]),
            users=number(row["user_count"]),
            reason=sentence(row["reason"]),
        )
    story.table(
        "communities.verdicts",
        found,
        columns=[name for name in found.names if name != "reason"],
        terms={"tie_kind": "tie_kind"},
    )


def _modularity(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            tie_kind,
            check_name,
            observed,
            null_mean,
            null_sd,
            null_mean - 1.96 * null_sd as null_low,
            null_mean + 1.96 * null_sd as null_high,
            z_score,
            established_from as bar,
            draw_count,
            is_deciding
        from community_model_checks
        where statistic = 'modularity' and draw_count > 0 and null_sd is not null
        order by tie_kind, is_deciding desc, check_name
        """
    )
    if found.frame.empty:
        return
    frame = found.frame.assign(
        name=[
            chart_term("tie_null", f"{kind} {check}")
            for kind, check in zip(
                found.frame["tie_kind"], found.frame["check_name"], strict=True
            )
        ],
        value=found.frame["observed"],
        low=found.frame["observed"],
        high=found.frame["observed"],
    )
    story.figure(
        "communities.modularity",
        charts.intervals(frame, "modularity", zero=None, null=True),
        found,
        draws=", ".join(
            number(count) for count in dict.fromkeys(found.frame["draw_count"])
        ),
    )


def _list(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            community_id,
            if(is_established, 'established', 'not established') as verdict,
            community_name,
            user_count,
            newcomer_share,
            tie_count,
            inside_share,
            resample_stability,
            leading_post_share,
            if(is_established or starts_with(reason, 'network '), null, reason)
                as reason
        from communities
        order by tie_kind, community_number
        """
    )
    if found.frame.empty:
        return
    story.table(
        "communities.list",
        found,
        # where every network is judged as a whole, no community has a reason of its own
        columns=[name for name in found.names if found.frame[name].notna().any()],
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
    story.heading("network.heading")
    story.text("network.explained", *queries, most=number(network.MOST_TIES))
    described = (
        f"Network of {people} people; the table below lists them, "
        "the form above filters and finds them."
    )
    story.blocks.append(
        fill("network.html.jinja", kinds=data["kinds"], described=described)
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
            is_newcomer
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
        terms={"tie_kind": "tie_kind"},
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
            terms={"tie_kind": "tie_kind", "measure": "measure"},
        )


def _drift(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            group_kind,
            build_number,
            drift_event,
            count(*) as group_count,
            sum(member_count)::bigint as member_count,
            median(jaccard_share) as jaccard_share
        from group_drift
        where build_number > 1
        group by group_kind, build_number, drift_event
        order by build_number desc, group_kind, drift_event
        """
    )
    # a first build has nothing to be compared with
    if found.frame.empty:
        return
    story.heading("communities.lasting")
    story.table(
        "communities.drift",
        found,
        terms={"group_kind": "group_kind", "drift_event": "drift_event"},
        n=int(found.frame["group_count"].sum()),
        builds=number(int(found.frame["build_number"].nunique())),
    )


COMMUNITIES = Section(
    "communities",
    (_verdicts, _modularity, _list, _network, _influencers, _agreement, _drift),
)
