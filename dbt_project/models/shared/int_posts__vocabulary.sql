with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

hashtags as (
    select
        post_id,
        unnest(hashtags) as hashtag
    from posts
),

lexicon as (
    select * from {{ ref("lexicon") }}
    {% if var("lexicon_needs_real") %} where real_crawls > 0 {% endif %}
),

-- Latin words stand between single spaces, so that ` hi ` is not found in `chinese`
padded as (
    select
        post_id,
        text_clean as han_text,
        concat(
            ' ', regexp_replace(text_clean, '[^a-z0-9]+', ' ', 'g'), ' '
        ) as latin_text
    from posts
    where text_length > 0
),

text_matches as (
    select
        padded.post_id,
        lexicon.category,
        lexicon.term
    from padded
    inner join lexicon
        on
            lexicon.applies_to = 'text'
            and case lexicon.matching
                when 'word'
                    then contains(padded.latin_text, concat(' ', lexicon.term, ' '))
                else contains(padded.han_text, lexicon.term)
            end
),

distinct_hashtags as (
    select distinct hashtag
    from hashtags
),

-- each distinct tag is compared with the lexicon once; what the platform suggests to
-- everybody is evidence of nothing else
hashtag_terms as (
    select
        distinct_hashtags.hashtag,
        lexicon.category,
        lexicon.term
    from distinct_hashtags
    inner join lexicon
        on
            lexicon.applies_to = 'hashtag'
            and case lexicon.matching
                when 'whole' then distinct_hashtags.hashtag = lexicon.term
                else contains(distinct_hashtags.hashtag, lexicon.term)
            end
    qualify
        lexicon.category = 'suggested'
        or not bool_or(lexicon.category = 'suggested')
            over (partition by distinct_hashtags.hashtag)
),

hashtag_matches as (
    select
        hashtags.post_id,
        hashtag_terms.category,
        hashtag_terms.term,
        hashtags.hashtag
    from hashtags
    inner join hashtag_terms on hashtags.hashtag = hashtag_terms.hashtag
),

matches as (
    select
        post_id,
        'text' as applies_to,
        category,
        term,
        term as found
    from text_matches
    union all
    select
        post_id,
        'hashtag' as applies_to,
        category,
        term,
        hashtag as found
    from hashtag_matches
),

vocabulary as (
    select
        post_id,
        applies_to,
        category,
        count(distinct found)::integer as match_count,
        list_sort(list(distinct found)) as matches,
        list_sort(list(distinct term)) as terms
    from matches
    group by
        post_id,
        applies_to,
        category
)

select * from vocabulary
