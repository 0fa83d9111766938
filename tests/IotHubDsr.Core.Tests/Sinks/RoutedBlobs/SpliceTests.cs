using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>What is uploaded to erase a few records from a large blob, and what comes of it.</summary>
public sealed class SpliceTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";
    private const string CopySource = "x-ms-copy-source";
    private static readonly string[] s_devices = [Alice, Bob, Carol];
    private static readonly int[] s_lengths = [0, 10, 3_000, 140_000, 900_000, 3_600_000];

    [Theory]
    [InlineData(RoutedEncoding.Json, 64)]
    [InlineData(RoutedEncoding.Avro, 512 * 1024)]
    internal async Task Erase_OneRecordOfALargeBlob_UploadsOnlyWhatChanged(RoutedEncoding encoding, int most)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Enumerable.Range(0, 6000).Select(n => Padded(Message(n == 3100 ? Alice : Bob, n), 2000))];
        sandbox.Put(Blob, messages, encoding);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        // The list of blocks is an upload as well.
        Assert.InRange(sandbox.BytesUploaded, 1, most + 2048);
        Assert.Equal((null, 1L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal([Verdict.Absent, Verdict.Present], (await sandbox.FindAsync(Alice, Bob)).Select(finding => finding.Verdict));
        if (encoding == RoutedEncoding.Json)
            Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_ManyRecordsNotFarApart_UploadsFullBlocksAndCopiesNothing()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Messages(40, Alice, Bob, Carol, Bob).Select(message => Padded(message, 500_000))];
        sandbox.Put(Blob, messages);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();
        int copies = 0;
        sandbox.Wire.Before = request => Task.FromResult(request.Headers.Contains(CopySource) ? copies++ : 0);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((null, 10L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));

        // 15 MB in blocks of 4 MiB, and the list of them.
        Assert.Equal((0, 5), (copies, sandbox.Mutations.Count()));
    }

    [Fact]
    public async Task Erase_LongStretchesBetweenCrowdedOnes_CopiesThemAlone()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages =
        [
            .. Messages(60, Bob).Select(message => Padded(message, 200_000)),
            .. Messages(40, Alice, Bob).Select(message => Padded(message, 1_000)),
            .. Messages(60, Carol).Select(message => Padded(message, 200_000)),
        ];
        sandbox.Put(Blob, messages);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();
        int copies = 0;
        sandbox.Wire.Before = request => Task.FromResult(request.Headers.Contains(CopySource) ? copies++ : 0);

        await sandbox.EraseAsync(found);

        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
        Assert.Equal((2, 4), (copies, sandbox.Mutations.Count()));
        Assert.InRange(sandbox.BytesUploaded, 1, 100_000);
    }

    [Fact]
    public async Task Erase_AnyBlob_LeavesWhatAFilteredRewriteWould()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        int round = 0;
        Gen<RoutedMessage[]> messages = Gen.Select(Gen.Int[0, s_devices.Length - 1], Gen.Int[0, s_lengths.Length - 1])
            .Array[1, 24]
            .Select(drawn => drawn.Select((of, n) => Padded(Message(s_devices[of.Item1], n), s_lengths[of.Item2])).ToArray());

        await messages.SampleAsync(
            async drawn =>
            {
                sandbox.UseContainer($"any-{Interlocked.Increment(ref round)}");
                sandbox.Put(Blob, drawn);
                await sandbox.EraseAsync(Alice);
                Assert.Equal(TextWithout(drawn, Alice), sandbox.Text(Blob));
            },
            iter: Repetitions.Of(30),
            threads: 1
        );
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("other bytes")]
    public async Task Erase_ServiceDoesNotCopyWhatWasRead_UploadsTheWhole(string how)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Messages(12, Alice, Bob, Carol).Select(message => Padded(message))];
        sandbox.Put(Blob, messages);
        int copies = 0;
        sandbox.Wire.Before = request =>
        {
            if (!request.Headers.Contains(CopySource))
                return Task.CompletedTask;
            copies++;
            request.Headers.Remove(how == "refused" ? "x-ms-copy-source-authorization" : "x-ms-source-range");
            if (how != "refused")
                request.Headers.Add("x-ms-source-range", "bytes=7-200007");
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.True(copies > 0);
        Assert.Equal((null, 4L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_BlobChangedBeforeItIsCopied_StartsAgain()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> updated = [.. Messages(12, Alice, Bob, Carol).Select(message => Padded(message))];
        sandbox.Put(Blob, updated[..6]);
        int copies = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Headers.Contains(CopySource) && Interlocked.Increment(ref copies) == 1)
                sandbox.Put(Blob, updated);
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 4L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(TextWithout(updated, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_WorkDoneBefore_StagesNothing()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, [.. Messages(12, Alice, Bob).Select(message => Padded(message))]);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        await sandbox.EraseAsync(found);
        sandbox.Forget();

        ErasureOutcome again = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((null, 0L), (again.Fault, again.RecordsErased));
        Assert.Empty(sandbox.Mutations);
    }

    [Fact]
    public async Task Erase_BlobAsItWasFound_IsReadOnceToSpliceAndOnceToVerify()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(12, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();

        await sandbox.EraseAsync(found);

        Assert.Equal(
            2,
            sandbox.BlobRequests.Count(request => request.Method == "GET" && !request.Target.Contains("comp=", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Erase_SomebodyLeftBlocksWithIdsOfAnotherLength_StagesItsOwnBesideThem()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(12, Alice, Bob, Carol);
        sandbox.Put(Blob, messages);
        await sandbox.EraseAsync(Alice);
        sandbox.Stage(Blob, Convert.ToBase64String(new byte[16]));

        ErasureOutcome outcome = await sandbox.EraseAsync(Bob);

        Assert.Equal((null, 4L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(TextWithout(messages, Alice, Bob), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_AnotherDeviceSoonAfter_IsNotHeldUpByOurOwnChange()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(12, Alice, Bob, Carol);
        sandbox.Put(Blob, messages);
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };

        await sandbox.EraseAsync(Alice);
        ErasureOutcome bob = await sandbox.EraseAsync(Bob);
        sandbox.Container.Put(Blob, RoutedFile.Write(messages, RoutedEncoding.Json));
        ErasureOutcome carol = await sandbox.EraseAsync(Carol);

        Assert.Equal((null, 4L), (bob.Verdict, bob.RecordsErased));
        Assert.Equal((Verdict.ErasurePending, 0L), (carol.Verdict, carol.RecordsErased));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_NothingElseInTheBlobAndItIsToGo_DeletesItUnlessItHasSnapshots(bool withSnapshot)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("mixed", Messages(4, Alice, Bob));
        sandbox.Put(Blob, Messages(4, Alice));
        if (withSnapshot)
            sandbox.TakeSnapshot(Blob);

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Alice,
            new SinkOptions(4) { Erasure = new ErasureOptions { DeleteEmptied = true } }
        );

        Assert.Equal((null, 6L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(withSnapshot ? [Blob, "mixed"] : ["mixed"], sandbox.Container.List().Select(blob => blob.Name));
        if (withSnapshot)
            Assert.Empty(sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_RunEndsAtAnyRequest_LeavesTheOldBlobOrTheNewAndTheNextRunFinishes()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Messages(9, Alice, Bob, Carol).Select(message => Padded(message))];
        string[] allowed = [TextWithout(messages), TextWithout(messages, Alice)];
        for (int nth = 0; ; nth++)
        {
            sandbox.UseContainer($"crash-{nth}");
            sandbox.Put(Blob, messages);
            DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
            using var end = new CancellationTokenSource();
            int left = nth;
            sandbox.Wire.Before = _ => Interlocked.Decrement(ref left) < 0 ? end.CancelAsync() : Task.CompletedTask;

            Task run = sandbox.Sink.EraseAsync(sandbox.Call(), [found], end.Token);
            await run.ContinueWith(_ => { }, TaskScheduler.Default);

            sandbox.Wire.Before = null;
            Assert.Contains(sandbox.Text(Blob), allowed);
            await sandbox.EraseAsync(found);
            Assert.Equal(allowed[1], sandbox.Text(Blob));
            if (!end.IsCancellationRequested)
                break;
        }
    }
}
