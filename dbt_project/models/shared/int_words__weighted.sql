-- TF-IDF as scikit-learn's TfidfVectorizer computes it by default: raw counts times the
-- smooth idf ln((1 + n) / (1 + df)) + 1, each post scaled to unit length. n counts the
-- posts that have a word at all.
with

words as (
    select * from {{ ref("int_text__words") }}
),

stop_words as (
    select * from {{ ref("stop_words") }}
),

concepts as (
    select * from {{ ref("concept_lexicon") }}
),

vocabulary as (
    select
        word,
        script,
        count(*) as document_count
    from words
    -- a year or a page number is no keyword
    where regexp_matches(word, '[^0-9]')
    group by word, script
),

judged as (
    select
        vocabulary.word,
        vocabulary.script,
        any_value(vocabulary.document_count) as document_count,
        coalesce(bool_or(stop_words.reason = 'search_term'), false) as is_search_term,
        coalesce(bool_or(stop_words.reason <> 'search_term'), false) as is_stop_word
    from vocabulary
    left join stop_words
        on
            vocabulary.word = stop_words.word
            or (
                stop_words.matching = 'part'
                and contains(vocabulary.word, stop_words.word)
            )
    group by vocabulary.word, vocabulary.script
),

kept as (
    select
        words.post_id,
        words.post_number,
        words.word,
        words.script,
        words.word_count,
        words.distinct_count,
        judged.document_count,
        judged.is_search_term
    from words
    inner join judged on words.word = judged.word and words.script = judged.script
    where not judged.is_stop_word
),

weighted as (
    select
        *,
        ln(
            (1 + (select count(distinct held.post_number) from kept as held))
            / (1 + document_count)
        ) + 1 as idf
    from kept
),

-- whole numbers of 1e-12 add up to the same in any order
lengths as (
    select
        post_number,
        sqrt(sum(power(word_count * idf, 2)::decimal(38, 12))::double) as post_length
    from weighted
    group by post_number
),

scaled as (
    select
        weighted.post_id,
        weighted.post_number,
        weighted.word,
        weighted.script,
        concepts.concept,
        weighted.word_count,
        weighted.distinct_count,
        weighted.document_count,
        weighted.idf,
        weighted.is_search_term,
        weighted.word_count * weighted.idf / lengths.post_length as tfidf_weight
    from weighted
    inner join lengths on weighted.post_number = lengths.post_number
    left join concepts on weighted.word = concepts.word
)

select * from scaled
