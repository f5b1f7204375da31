-- Mentions in every position are masked, and addresses are not.
with

texts as (
    select *
    from (
        values
        ('@小明 你好', '@_ 你好'),
        ('thanks @some.one, bye', 'thanks @_, bye'),
        ('么@a@b ', '么@_ '),
        ('mail me: a.b@c.org', 'mail me: a.b@c.org'),
        ('wow @？？', 'wow @_？'),
        ('＠全角名字 hi', '@_ hi'),
        ('@ nobody', '@ nobody')
    ) as cases (written, expected)
)

select
    *,
    {{ mask_mentions("written") }} as masked
from texts
where {{ mask_mentions("written") }} <> expected
