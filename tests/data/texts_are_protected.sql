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
        ('加我v信abc12345', '加我v信 _ '),
        ('微信 abc_12345 ok', '微信 _  ok'),
        ('vx: abcdef, bye', 'vx _ , bye'),
        ('小红书号 123456789', '小红书号 _ '),
        ('tel +86 138 0013 8000', 'tel  _ '),
        ('call 555-123-4567 or 13800138000', 'call  _  or  _ '),
        ('rho 0.16151751929, 20250113120000', 'rho 0.16151751929, 20250113120000'),
        ('电话13800138000。', '电话 _ 。'),
        ('a wechat group of 2025', 'a wechat group of 2025'),
        ('微信很好用, since 2025-01-13 12:00', '微信很好用, since 2025-01-13 12:00'),
        ('12345678901234567890123 likes', '12345678901234567890123 likes')
    ) as cases (written, expected)
)

select
    *,
    {{ protect_text("written") }} as protected
from texts
where {{ protect_text("written") }} <> expected
