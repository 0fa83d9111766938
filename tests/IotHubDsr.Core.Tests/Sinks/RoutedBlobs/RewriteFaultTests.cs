using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Each request of an erasure fails, one after the other, in each way.</summary>
public sealed class RewriteFaultTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    private static readonly string[] s_kinds = ["reset", "resets", "refused", "truncated", "halfsent"];

    public static TheoryData<string, bool> KindsAndSizes
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string kind in s_kinds)
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }

            return data;
        }
    }

    public static TheoryData<string> Kinds => [.. s_kinds];

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public async Task Erase_AnyRequestFails_LeavesTheOldBlobOrTheNewAndTellsWhich(string kind, bool copied)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(60, Alice, Bob, Carol);
        if (copied)
            messages = [.. messages.Select((message, n) => n % 20 == 1 ? Padded(message, 4_000_000) : message)];
        string whole = TextWithout(messages);
        string without = TextWithout(messages, Alice);
        int requests = await CountRequestsAsync(sandbox, messages);
        Assert.InRange(requests, 6, 20);

        for (int nth = 0; nth < requests; nth++)
        {
            sandbox.UseContainer($"fault-{kind}-{nth}");
            sandbox.Put(Blob, messages);
            DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
            sandbox.Forget();
            sandbox.Faults.Add(Rule(kind, nth));

            ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

            sandbox.Faults.Clear();
            string text = sandbox.Text(Blob);
            Assert.True(text == whole || text == without, $"Request {nth} left neither the old blob nor the new one.");
            Assert.Equal(text == without ? 20 : 0, outcome.RecordsErased);
            Assert.True(text == without || outcome.Fault is not null, $"Request {nth} failed and nobody was told.");
            DeviceDataFinding after = await sandbox.FindOneAsync(Alice);
            Assert.Equal(text == without ? Verdict.Absent : Verdict.Present, after.Verdict);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Find_AnyRequestFails_NeverCallsAPresentDeviceAbsent(string kind)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("a", Messages(30, Alice, Bob), RoutedEncoding.Json);
        sandbox.Put("b", Messages(70, Alice, Bob), RoutedEncoding.AvroDeflate);
        await sandbox.FindAsync(Alice);
        int requests = sandbox.BlobRequests.Count;

        for (int nth = 0; nth < requests; nth++)
        {
            sandbox.Forget();
            sandbox.Faults.Add(Rule(kind, nth));
            (Verdict Verdict, long Records) found;
            try
            {
                DeviceDataFinding finding = await sandbox.FindOneAsync(Alice);
                found = (finding.Verdict, finding.RecordCount);
            }
            catch (DsrException failed)
            {
                Assert.NotEqual("Unforeseen", failed.Fault.Id);
                found = (Verdict.Unreachable, 0);
            }

            Assert.True(found is (Verdict.Present, 50) or (Verdict.Unreachable, _), $"Request {nth}: {found}.");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task FindAndErase_AnswerEndsBetweenTwoRecords_IsNotTakenForTheWholeBlob(int times)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(60, Bob, Carol, Alice);
        sandbox.Put(Blob, messages);
        var part = new FaultRule
        {
            Service = "blob",
            Method = "GET",
            PathContains = Blob,
            Times = times,
            TruncateAfterBytes = TextWithout(messages[..30]).Length,
        };
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        sandbox.Faults.Add(part with { Times = 1 });
        Assert.Equal((Verdict.Present, 20L), await sandbox.FindOneAsync(Alice) is var again ? (again.Verdict, again.RecordCount) : default);
        sandbox.Faults.Clear();
        sandbox.Faults.Add(part);
        await sandbox.EraseAsync(found);

        Assert.Contains(sandbox.Text(Blob), (string[])[TextWithout(messages), TextWithout(messages, Alice)]);
    }

    private static FaultRule Rule(string kind, int nth) =>
        new FaultRule { Service = "blob", Skip = nth } with
        {
            Reset = kind is "reset" or "resets",
            Times = kind is "resets" or "refused" ? 50 : 1,
            Status = kind == "refused" ? 503 : null,
            TruncateAfterBytes = kind == "truncated" ? 60 : null,
            ResetAfterBytes = kind == "halfsent" ? 40 : null,
        };

    private static async Task<int> CountRequestsAsync(ArchiveSandbox sandbox, List<RoutedMessage> messages)
    {
        sandbox.Put(Blob, messages);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();
        await sandbox.EraseAsync(found);
        return sandbox.BlobRequests.Count;
    }
}
