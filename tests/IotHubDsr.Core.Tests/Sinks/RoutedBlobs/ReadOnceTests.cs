using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>What was read to its end under an ETag, and still has it, is not read again; and nothing else is passed over.</summary>
public sealed class ReadOnceTests
{
    [Fact]
    public async Task Find_Again_ReadsOnlyWhatHoldsSomethingOrChanged()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("alice", Messages(5, Alice, Bob));
        sandbox.Put("same", Messages(5, Bob));
        sandbox.Put("changed", Messages(5, Bob));
        await sandbox.FindOneAsync(Alice);
        sandbox.Put("changed", Messages(6, Alice));
        sandbox.Forget();

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal(["alice", "changed"], Read(sandbox));
        Assert.Equal(9, found.RecordCount);
    }

    [Fact]
    public async Task Find_AfterAReadingThatLeftRecordsOut_FindsThemAllTheSame()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(5, Alice));
        sandbox.Bounds = new Dictionary<string, RecordBound>
        {
            [Alice] = new RecordBound(DateTimeOffset.UnixEpoch, GenerationId: null, DateTimeOffset.UnixEpoch),
        };
        DeviceDataFinding bounded = await sandbox.FindOneAsync(Alice);
        sandbox.Bounds = new Dictionary<string, RecordBound>();

        Assert.Equal((0, 5), (bounded.RecordCount, (await sandbox.FindOneAsync(Alice)).RecordCount));
    }

    [Fact]
    public async Task Find_AfterAReadingWithABound_DoesNotReadAgainWhatHasNothingOfTheDevice()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("alice", Messages(5, Alice, Bob));
        sandbox.Put("others", Messages(5, Bob));
        sandbox.Bounds = new Dictionary<string, RecordBound>
        {
            [Alice] = new RecordBound(DateTimeOffset.UnixEpoch, GenerationId: null, DateTimeOffset.UnixEpoch),
        };
        await sandbox.FindOneAsync(Alice);
        sandbox.Bounds = new Dictionary<string, RecordBound>();
        sandbox.Forget();

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((3L, "alice"), (found.RecordCount, Assert.Single(Read(sandbox))));
    }

    [Fact]
    public async Task Find_SaysHowItRead()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("one", Messages(5, Bob));
        sandbox.Put("two", Messages(5, Bob));
        DateTimeOffset before = sandbox.Clock.GetUtcNow();
        SinkCall first = sandbox.Call();
        await sandbox.Sink.FindAsync(first, [Alice], CancellationToken.None);
        sandbox.Put("two", Messages(6, Bob));
        SinkCall second = sandbox.Call();
        await sandbox.Sink.FindAsync(second, [Alice], CancellationToken.None);

        Assert.Contains("each blob in it", first.Reading, StringComparison.Ordinal);
        Assert.Contains("listed again: 1 blob still had the ETag", second.Reading, StringComparison.Ordinal);
        Assert.Contains($"at {before:yyyy-MM-dd}", second.Reading, StringComparison.Ordinal);
        Assert.Contains("1 other was read to the end now", second.Reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AfterAnErasure_DoesNotReadWhatWasReadAfterTheCommit()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        sandbox.Put("alone", Messages(10, Alice));
        await sandbox.EraseAsync(Alice);
        sandbox.Forget();

        DeviceDataFinding left = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Absent, 0L), (left.Verdict, left.RecordCount));
        Assert.Empty(Read(sandbox));
    }

    [Fact]
    public async Task Find_AfterAnErasureOfOneOfTwoDevices_StillFindsTheOther()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        IReadOnlyList<DeviceDataFinding> planned = await sandbox.FindAsync(Alice, Bob);
        await sandbox.EraseAsync(planned[0]);

        Assert.Equal([0L, 5L], (await sandbox.FindAsync(Alice, Bob)).Select(found => found.RecordCount));
    }

    [Fact]
    public async Task Find_AfterAnErasureThatLeftWhatCameLater_FindsIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice));
        DateTimeOffset middle = (await sandbox.FindOneAsync(Alice)).FirstTime!.Value.AddSeconds(4);
        sandbox.Bounds = new Dictionary<string, RecordBound> { [Alice] = new RecordBound(middle, GenerationId: null, middle) };
        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);
        sandbox.Bounds = new Dictionary<string, RecordBound>();

        Assert.Equal((5, 5), (outcome.RecordsErased, (await sandbox.FindOneAsync(Alice)).RecordCount));
    }

    [Fact]
    public async Task Find_AfterAnErasureAndAnotherWrite_ReadsTheBlobAgain()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Messages(10, Alice, Bob));
        await sandbox.EraseAsync(Alice);
        sandbox.Put("blob", Messages(3, Alice));

        Assert.Equal(3, (await sandbox.FindOneAsync(Alice)).RecordCount);
    }

    private static IEnumerable<string> Read(ArchiveSandbox sandbox) =>
        sandbox
            .BlobRequests.Where(request =>
                request.Method == "GET"
                && !request.Target.Contains("comp=", StringComparison.Ordinal)
                && !request.Target.Contains("restype=", StringComparison.Ordinal)
            )
            .Select(request => request.Target.Split('?')[0].Split('/')[^1])
            .Distinct()
            .Order(StringComparer.Ordinal);
}
