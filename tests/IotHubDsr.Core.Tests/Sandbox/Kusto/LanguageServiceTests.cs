using IotHubDsr.Sandbox.Kusto;

namespace IotHubDsr.Core.Tests.Sandbox.Kusto;

/// <summary>Microsoft's language service judges what the sandbox takes for a query: both accept the same, with the same columns.</summary>
public sealed class LanguageServiceTests
{
    private static readonly string[] s_accepted =
    [
        "T",
        "T | where s == 'x' | project tostring(d.a), strlen(s), x = n + 1, d.a.b, d['q r'], n + 1",
        "T | where ['s'] == 'o''b' and s != @'it''s' or s =~ h@\"x\"",
        "T | where s has 'x' and s !has 'y' and s has_cs 'z' and s hasprefix 'p' and s !hasprefix 'q'",
        "T | where s contains_cs 'x' or s startswith 'y' or s endswith_cs 'z' or s matches regex '^a+$'",
        "T | where s has_any ('a', 'b') and s has_all ('a', 'b') and s in~ ('x') and s !in ('y') and n between (1 .. 3)",
        "T | where TimeGenerated between (ago(1d) .. 2h) and TimeGenerated < now() and TimeGenerated > datetime(2024-01-01T00:00:00Z)",
        "T | where TimeGenerated !between (datetime(2024-01-01) .. datetime(2024-01-02 03:04:05))",
        "T | where not(b) and isnotempty(s) and isempty(d.a) and isnull(n) and isnotnull(r)",
        "T | where column_ifexists('zzz', '') == '' and column_ifexists('s', '') has 'x'",
        "T | where parse_json(s)['a'] == 'x' or d[0].x == 'y' or tostring(parse_json(tostring(d.a)).b) == 'z'",
        "T | where * has 'x'",
        "T | where s == 'a' 'b' \"c\"",
        "T | where s == ```x```",
        "T | where s == '\\u0027\\n\\t\\\\'",
        "T | where d == 'x' and d has 'y'",
        "T | where b == true and n % 2 == 1 and -n < 3 and (r * 2.5) > 1",
        "T | summarize count(), max(TimeGenerated), arg_max(TimeGenerated, *), arg_min(n, s), dcount(s) by bin(TimeGenerated, 1h), tostring(d.a)",
        "T | summarize make_list(s), make_set(d), sum(n), avg(r), min(s), countif(b)",
        "T | summarize take_any(*)",
        "T | summarize total = count() by day = bin(TimeGenerated, 1d), s",
        "T | summarize by s",
        "union withsource=W T, U",
        "union kind=outer isfuzzy=true T, (U | where s == 'x')",
        "T | union U | count",
        "union isfuzzy=true Missing, T",
        "search 'x'",
        "search kind=case_sensitive 'x'",
        "T | search 'x' or 'y*'",
        "search in (T, U) s:'x' and 'y*'",
        "T | join kind=inner U on s",
        "T | join kind=leftouter (U | project s, m = n) on $left.s == $right.s",
        "T | join kind=leftanti U on s",
        "T | getschema",
        "print parse_json('{}').a, tolower('x'), 1 + 1",
        "print x = dynamic({'a': [1, 2]}), y = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), z = timespan(1.02:03:04)",
        "T | extend tolower(s), x = 1d + 2h, y = TimeGenerated - 1h",
        "T | extend a = iff(b, 'x', 'y'), c = case(b, 1, n > 2, 2, 3), e = coalesce(s, 'z')",
        "T | project-away s*",
        "T | project-keep s, n",
        "T | project-rename renamed = s",
        "T | sort by n, s asc",
        "T | order by n asc nulls first | limit 5",
        "T | top 3 by n desc",
        "T | distinct s, b",
        "T | count | project Count",
        "let x = 5; let Y = T | where n > x; Y | count",
        "let A = (U | project s); T | where s in (A)",
        "T | where s == tostring(dynamic({'a': 1}).a) // and so on",
        "T\n| where n > 1;",
        "T | where estimate_data_size(*) > 5",
        "T | project ['odd-name'] = s | where ['odd-name'] == 'x'",
        "T | extend p = split(s, '-')[1], q = extract('a(b)', 1, s), f = replace_string(s, 'a', 'b'), i = indexof(s, 'x')",
    ];

    private static readonly string[] s_refused =
    [
        "T | wher x",
        "T | where",
        "T |",
        "T where s == 'x'",
        "Missing | take 1",
        "union Missing, T",
        "T | where missing == 1",
        "T | where n",
        "T | where d",
        "T | where nothing(s)",
        "T | where TimeGenerated has 'x'",
        "T | where s has 5",
        "T | where TimeGenerated > '2020'",
        "T | where 1d > 5",
        "T | where s == 'a\\qb'",
        "T | where s == 'a",
        "T | where s == \"a\nb\"",
        "T | where (s == 'a'",
        "T | where s = 'a'",
        "T | where s == 'a' s == 'b'",
        "T | project x = s, x = n",
        "T | project s = 1, s",
        "T | project-away missing",
        "T | sort by d",
        "T | sort n",
        "T | distinct *",
        "T | take s",
        "T | where s between (1 .. 2",
        "T | where s in 'x'",
        "T | where count() > 1",
        "T | summarize n",
        "T | summarize nothing(n)",
        "T | summarize count() by d",
        "T | where strlen() > 1",
        "T | join kind=inner U on missing",
        "T | where n..3",
        "T | project 's' 'x' s",
        "let x = 5 T | count",
        "T | extend = 5",
        "T | where s == @'it's'",
    ];

    [LanguageServiceFact]
    public async Task Engine_AcceptsWhatTheLanguageServiceAccepts_WithItsColumns()
    {
        IReadOnlyList<KustoJudgement> judged = await LanguageService.JudgeAsync(KustoTables.Schemas, s_accepted);

        var differences = new List<string>();
        foreach ((string query, KustoJudgement judgement) in s_accepted.Zip(judged))
        {
            if (judgement.Errors.Count > 0)
                differences.Add($"{query}: the service refuses it: {string.Join("; ", judgement.Errors)}");

            try
            {
                IReadOnlyList<string> columns = KustoTables.ColumnsOf(query);
                if (!columns.SequenceEqual(judgement.Columns))
                    differences.Add($"{query}: {string.Join(',', columns)} instead of {string.Join(',', judgement.Columns)}");
            }
            catch (KustoRefusal refusal)
            {
                differences.Add($"{query}: {refusal.Message}");
            }
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }

    [LanguageServiceFact]
    public async Task Engine_RefusesWhatTheLanguageServiceRefuses()
    {
        IReadOnlyList<KustoJudgement> judged = await LanguageService.JudgeAsync(KustoTables.Schemas, s_refused);

        var differences = new List<string>();
        foreach ((string query, KustoJudgement judgement) in s_refused.Zip(judged))
        {
            if (judgement.Errors.Count == 0)
                differences.Add($"{query}: the service accepts it");

            if (Record.Exception(() => KustoTables.Run(query)) is not KustoRefusal)
                differences.Add($"{query}: the sandbox accepts it");
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }
}
