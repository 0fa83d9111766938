using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Tests.Evidence.Formats;

/// <summary>A request that version 0.1.0 wrote: its first run was stopped in the middle of an archive, the second one ended.</summary>
public sealed class EarlierFormatTests
{
    private const int LinesOfFirstRun = 15;

    private static readonly string Folder = Path.Combine(
        RepositoryPaths.Root,
        "tests/IotHubDsr.Core.Tests/Evidence/Formats/files/request-1"
    );

    private static byte[] Journal => File.ReadAllBytes(Path.Combine(Folder, "journal.jsonl"));

    [Fact]
    public void Journal_WithARowForEachSubject_TellsWhatTheStoppedRunMayHaveDone()
    {
        string[] lines = [.. Encoding.UTF8.GetString(Journal).Split('\n').Take(LinesOfFirstRun)];
        var state = RequestState.Read("here", Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

        // The rows of the location in which the run was stopped, as they stand in the file.
        List<JsonNode> events = [.. lines.Select(line => JsonNode.Parse(line)!["event"]!)];
        string location = events.Last(line => line["type"]!.ToString() == "announced")["location"]!.ToString();
        ILookup<string, JsonNode> rows = events
            .Where(line => line["type"]!.ToString() == "announced" && line["location"]!.ToString() == location)
            .SelectMany(line => line["items"]!.AsArray())
            .ToLookup(row => row!["subject"]!.ToString(), row => row!);
        IReadOnlyDictionary<int, AnnouncedWork> gone = state.Of(location).Announced.Gone([]);
        Assert.NotEmpty(rows);
        Assert.Equal(rows.Count, gone.Count);
        foreach (IGrouping<string, JsonNode> subject in rows)
        {
            AnnouncedWork work = gone[state.Subjects[subject.Key]];
            Assert.Equal(
                (subject.Sum(row => (long)row["records"]!), subject.Sum(row => (int)row["changes"]!)),
                (work.Records, work.Changes)
            );
        }
    }

    [Fact]
    public void Journal_OfARequestThatEnded_HasNothingOpen()
    {
        var state = RequestState.Read("here", Journal);

        Assert.Single(state.Certificates);
        Assert.All(state.Locations.Values, location => Assert.Empty(location.Announced.Gone([])));
    }

    [Fact]
    public void Plan_WithItsItems_IsRead()
    {
        string path = Directory.GetFiles(Path.Combine(Folder, "private"), "plan-*.json").Single();
        ErasurePlan plan = PlanDocument.Read(path, File.ReadAllBytes(path));

        Assert.Contains(plan.Digest["sha256:".Length..], path, StringComparison.Ordinal);
        Assert.Same(plan, PlanDocument.RequireSealed(plan));
        Assert.Contains(plan.Steps, step => step.Finding.Items.Count > 1);
    }

    [Fact]
    public void Outcome_IsRead()
    {
        var state = RequestState.Read("here", Journal);

        IReadOnlyList<ErasureReceipt> receipts = OutcomeFile.Read(File.ReadAllBytes(Path.Combine(Folder, "private", "outcome-0001.json")));

        Assert.Equal(["dev1", "it's"], receipts.Select(receipt => receipt.DeviceId).Distinct());
        Assert.Equal(
            receipts.Max(receipt => receipt.Verdict),
            state.Locations.Values.SelectMany(location => location.All(2)).Max(one => one.Step.Verdict)
        );
    }
}
