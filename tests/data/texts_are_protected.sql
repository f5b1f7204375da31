-- Mentions, links, tokens, ids and addresses in every position are masked, and what only
-- looks like one is not.
with

texts as (
    select *
    from (
        values
        ('@小明 你好', '@_ 你好'),
        ('thanks @some.one, bye', 'thanks @_, bye'),
        ('thanks@someone bye', 'thanks@_ bye'),
        ('么@a@b ', '么@_ '),
        ('wow @？？', 'wow @_？'),
        ('＠全角名字 hi', '@_ hi'),
        ('@ nobody', '@ nobody'),
        ('by @#tag', 'by @#tag'),
        ('cc @' || chr(160) || 'friend', 'cc @' || chr(160) || 'friend'),
        ('mail me: a.b@c.org', 'mail me: _mail_'),
        ('see https://a.b/page#part，好 bye', 'see https://_，好 bye'),
        (
            'me: a.com/user/profile/5f1a2b3c4d5e6f708192a3b4?xsec_token=AB ok',
            'me: _ ok'
        ),
        ('xsec_token=ABcd= x', '_ x'),
        ('no5F1A2B3C4D5E6F708192A3B4.', 'no_.'),
        ('12345678901234567890123 likes', '12345678901234567890123 likes')
    ) as cases (written, expected)
)

select
    *,
    {{ protect_text("written") }} as protected
from texts
where {{ protect_text("written") }} <> expected
