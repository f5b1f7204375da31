with

terms as (
    select * from {{ ref("topic_word_weights") }}
),

ranked as (
    select
        topic_number::integer as topic_id,
        term_rank::integer as term_rank,
        word,
        script,
        weight,
        exclusivity_share,
        document_count
    from terms
)

select * from ranked
