using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A journal that this module did not write: its request is broken, and every other request is shown.</summary>
public sealed class OddJournalTests
{
    private const string Odd = "20260101T000000Z-00000001";
    private const string Hash = "\"0123456789abcdef0123456789abcdef\"";

    private static readonly string Digest = $"\"sha256:{new string('a', 64)}\"";

    /// <summary>One line of each type, behind the registration.</summary>
    private static readonly string[] Lines =
    [
        $$"""{"type":"registered","requestId":"{{Odd}}","hubHostName":"hub.azure-devices.net","receivedAt":"2026-01-01T00:00:00Z","subjects":["s1","s2"],"identityEvidence":{{Hash}},"tool":"t"}""",
        $$$"""{"type":"planned","digest":{{{Digest}}},"locations":[{"id":"a","kind":"DeviceRegistry","place":"p","steps":1,"records":2}],"declined":[{"location":"a","subjects":["s2"]}],"approvedBy":{"name":"Bo"},"scope":{"isOneIncarnation":false,"includesMentioned":true}}""",
        """{"type":"added","location":{"id":"b","kind":"k","place":"p","steps":0,"records":0}}""",
        """{"type":"run-started","kind":"erase","performer":{"name":"Ana"},"tool":"t"}""",
        """{"type":"announced","location":"a","items":[{"item":"i","subject":"s1","records":1,"changes":1,"eTag":"e","kept":"k"}]}""",
        """{"type":"erased","location":"a","deletesDevice":true,"groups":[{"records":1,"changes":1,"isSettled":true,"subjects":["s1"]}]}""",
        """{"type":"verified","location":"a","isRead":true,"groups":[{"verdict":"Expiring","until":"2027-01-01T00:00:00Z","remaining":3,"subjects":["s1"]}]}""",
        $$"""{"type":"certified","file":"certificates/0001.dsse.json","digest":{{Digest}},"isSigned":false}""",
        """{"type":"run-ended","outcome":"completed","verdict":"Expiring"}""",
        $$"""{"type":"extended","reason":{{Hash}}}""",
        $$"""{"type":"held","location":"a","subject":"s1","item":{{Hash}},"ground":{{Hash}},"reviewAt":"2027-01-01T00:00:00Z"}""",
        """{"type":"released","location":"a","subject":"s1"}""",
        $$"""{"type":"recipient-asked","location":"a","digest":{{Digest}}}""",
        $$"""{"type":"owner-acted","location":"a","note":{{Hash}},"actedAt":"2026-01-02T00:00:00Z"}""",
        $$"""{"type":"exported","digest":{{Digest}},"records":5}""",
        $$"""{"type":"answered","note":{{Hash}}}""",
        """{"type":"anonymised"}""",
        """{"type":"announced","location":"a","items":[{"item":"j","eTag":"e","kept":"k","shares":"AgEAAgEBAgEBAg=="}]}""",
    ];

    private static readonly string[] Replacements =
    [
        "null",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "-1",
        "9223372036854775807",
        "1e400",
        "\"\"",
        "\"\\ud800\"",
        "\"../../../etc/passwd\"",
        "\"9999-12-31T23:59:59Z\"",
        "true",
        "99",
        "\"99\"",
        "\"Absent, Erased\"",
        "\"sha256:x\"",
    ];

    [Fact]
    public async Task Due_OddJournalBesideAnOverdueRequest_ShowsTheOverdueOne()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest overdue = await sandbox.RegisterAsync(TimeProvider.System.GetUtcNow().AddDays(-40), "dev1");
        foreach (
            string text in new[]
            {
                """{"seq":1}""",
                $$"""{"prev":"{{Before()}}","seq":1}""",
                $$"""{"at":"2026-11-28T00:00:00Z","prev":"{{Before()}}","seq":1}""",
                "null",
                "[]",
                "{",
                "\0",
                $$"""{"at":"2026-11-28T00:00:00Z","event":{"type":"registered","requestId":"{{Odd}}"},"prev":"{{Before()}}","seq":1}""",
                $$"""{"at":"2026-11-28T00:00:00Z","event":{"type":"none"},"prev":"{{Before()}}","seq":1}""",
                $$"""{"at":"2026-11-28T00:00:00Z","event":null,"prev":"{{Before()}}","seq":1}""",
                $$"""{"at":"0000","event":{"type":"anonymised"},"prev":"{{Before()}}","seq":1}""",
                $$"""{"at":"2026-11-28T00:00:00Z","event":{"type":"erased","location":"a","deletesDevice":true,"groups":[{"records":1,"changes":1,"isSettled":true}]},"prev":"{{Before()}}","seq":1}""",
            }
        )
        {
            await AssertOnlyTheOddIsBrokenAsync(sandbox, overdue, Encoding.UTF8.GetBytes(text + "\n"), mustBreak: true);
        }
    }

    [Fact]
    public async Task Get_EachLineMutatedInEachMember_GivesTheRequestOrJournalBroken()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest overdue = await sandbox.RegisterAsync(TimeProvider.System.GetUtcNow().AddDays(-40), "dev1");
        await AssertOnlyTheOddIsBrokenAsync(sandbox, overdue, Chain(Lines), mustBreak: false);
        Assert.Empty(sandbox.Reported);

        for (int index = 0; index < Lines.Length; index++)
        {
            foreach (string mutated in MutationsOf(Lines[index]))
            {
                string[] lines = [.. Lines];
                lines[index] = mutated;
                await AssertOnlyTheOddIsBrokenAsync(sandbox, overdue, Chain(lines), mustBreak: false);
            }
        }
    }

    [Theory]
    [InlineData(0, "subjects")]
    [InlineData(0, "tool")]
    [InlineData(1, "locations")]
    [InlineData(4, "items")]
    [InlineData(5, "groups")]
    [InlineData(6, "groups")]
    [InlineData(7, "digest")]
    [InlineData(10, "reviewAt")]
    public async Task Read_RequiredMemberIsMissing_IsJournalBroken(int index, string member)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest overdue = await sandbox.RegisterAsync(TimeProvider.System.GetUtcNow().AddDays(-40), "dev1");
        JsonObject line = JsonNode.Parse(Lines[index])!.AsObject();
        line.Remove(member);
        string[] lines = [.. Lines];
        lines[index] = line.ToJsonString();

        await AssertOnlyTheOddIsBrokenAsync(sandbox, overdue, Chain(lines), mustBreak: true);
    }

    private static async Task AssertOnlyTheOddIsBrokenAsync(RequestSandbox sandbox, DataRequest overdue, byte[] journal, bool mustBreak)
    {
        string folder = Path.Combine(sandbox.RequestStore, Odd);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "journal.jsonl"), journal);
        sandbox.Events.Clear();
        string text = Encoding.UTF8.GetString(journal);

        List<DataRequest> due = await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true });

        Assert.True(due.Any(one => one.RequestId == overdue.RequestId), text);
        Assert.True(sandbox.Reported.All(fault => fault.Id == "JournalBroken"), $"{sandbox.Reported.FirstOrDefault()} {text}");
        Assert.True(sandbox.Reported.Any() || !mustBreak, text);
    }

    private static string Before() => $"sha256:{new string('0', 64)}";

    /// <summary>Each member and each element is taken out, and replaced by each of the replacements.</summary>
    private static IEnumerable<string> MutationsOf(string line)
    {
        foreach (string path in PathsOf(JsonNode.Parse(line)!).Where(path => path != "$"))
        {
            yield return Replaced(line, path, replacement: null);
            foreach (string replacement in Replacements)
                yield return Replaced(line, path, replacement);
        }
    }

    private static IEnumerable<string> PathsOf(JsonNode node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member => PathsOf(member.Value!)).Prepend(node.GetPath()),
            JsonArray items => items.SelectMany(item => PathsOf(item!)).Prepend(node.GetPath()),
            _ => [node.GetPath()],
        };

    /// <summary>Put in as text: some of the values are none that a JSON writer would write.</summary>
    private static string Replaced(string line, string path, string? replacement)
    {
        const string Mark = "\"\\u0001\"";
        JsonNode root = JsonNode.Parse(line)!;
        JsonNode found = Nodes(root).Single(node => node.GetPath() == path);
        if (replacement is not null)
        {
            found.ReplaceWith(JsonValue.Create("\u0001"));
            return root.ToJsonString().Replace(Mark, replacement, StringComparison.Ordinal);
        }

        if (found.Parent is JsonObject members)
            members.Remove(found.GetPropertyName());
        else
            found.Parent!.AsArray().Remove(found);
        return root.ToJsonString();
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member => Nodes(member.Value!)).Prepend(node),
            JsonArray items => items.SelectMany(item => Nodes(item!)).Prepend(node),
            _ => [node],
        };

    /// <summary>The lines with their hashes as they would be: what is wrong with them is not the chain.</summary>
    private static byte[] Chain(IEnumerable<string> events)
    {
        var journal = new StringBuilder();
        string before = Before();
        int number = 0;
        foreach (string next in events)
        {
            string line = $$"""{"at":"2026-01-01T00:00:00.0000000Z","event":{{next}},"prev":"{{before}}","seq":{{++number}}}""";
            before = Digests.Of(Encoding.UTF8.GetBytes(line));
            journal.Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(journal.ToString());
    }
}
