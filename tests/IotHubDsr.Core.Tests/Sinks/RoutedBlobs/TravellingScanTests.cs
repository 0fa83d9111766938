using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Tests.Sinks.BlobIndexes;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Blobs that other processes read: the findings are those of a reading in one process.</summary>
public sealed class TravellingScanTests
{
    private static readonly string[] Devices = [Alice, Bob, "nobody"];

    [Fact]
    public async Task Findings_OfBlobsThatOthersRead_AreThoseOfOneProcess()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Fill(sandbox);

        string here = Text(await sandbox.FindAsync(Devices));
        sandbox.Forget();
        string elsewhere = Text(await TravelAsync(sandbox, sandbox.Call()));

        Assert.Equal(here, elsewhere);
        Assert.Contains("could not be read", elsewhere, StringComparison.Ordinal);
        Assert.Contains(sandbox.Reported, static fault => fault.Id == "ArchiveUnreadable");
    }

    [Fact]
    public async Task Findings_OfAVersionedAccount_AreThoseOfOneProcess()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        Fill(sandbox);
        sandbox.Put("contoso-hub/0/2026/01/05/08/00", Messages(6, Alice, Carol));
        sandbox.TakeSnapshot("contoso-hub/0/2026/01/05/08/01");

        Assert.Equal(Text(await sandbox.FindAsync(Devices)), Text(await TravelAsync(sandbox, sandbox.Call())));
    }

    [Fact]
    public async Task Findings_WithinBounds_AreThoseOfOneProcess()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Fill(sandbox);
        var before = new DateTimeOffset(2026, 1, 5, 8, 0, 4, TimeSpan.Zero);
        sandbox.Bounds = new Dictionary<string, RecordBound> { [Alice] = new(before, "1", before) };

        string here = Text(await sandbox.FindAsync(Devices));

        Assert.Equal(here, Text(await TravelAsync(sandbox, sandbox.Call())));
    }

    [Fact]
    public async Task Units_ThatNobodyCouldDo_LeaveNobodyAbsent()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Fill(sandbox);
        Fault lost = FaultCatalogue.UnitGivenUp.For("the archive", "3 workers");

        IReadOnlyList<DeviceDataFinding> findings = await TravelAsync(sandbox, sandbox.Call(), lost);

        Assert.All(findings, static finding => Assert.Equal(Verdict.Unreachable, finding.Verdict));
        Assert.Contains(lost, sandbox.Reported);
    }

    [Fact]
    public async Task Entries_OfBlobsThatOthersRead_AreAddedToTheIndex_AndWhatItKnowsDoesNotTravel()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        Fill(sandbox);
        var files = new MemoryFiles();
        var index = new IndexStore(files);
        await index.MakeKeyAsync(CancellationToken.None);
        SinkCall NewCall() =>
            new(sandbox.Location, new SinkOptions(4) { Index = IndexUse.Use }, static (_, _) => ValueTask.CompletedTask) { Index = index };

        List<int> sizes = [];
        await TravelAsync(sandbox, NewCall(), sizes: sizes);
        int first = sizes.Sum();
        sizes.Clear();
        IReadOnlyList<DeviceDataFinding> again = await TravelAsync(sandbox, NewCall(), sizes: sizes);

        Assert.Contains(files.Files.Keys, static name => name.EndsWith(".pack", StringComparison.Ordinal));
        Assert.InRange(sizes.Sum(), 1, first - 1);
        Assert.All(again, static finding => Assert.Contains("device index", finding.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Result_ThatIsNoneOrOfAnotherUnit_IsRefused()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("contoso-hub/0/2026/01/05/08/00", Messages(4, Alice));
        using IUnitWork<IReadOnlyList<DeviceDataFinding>> work = sandbox.Sink.Find(sandbox.Call(), Devices);
        var portable = (IPortableWork)work;
        byte[] packed = (await portable.PackAsync(Assert.Single(await UnitsAsync(work)), CancellationToken.None))!.Content;
        byte[] shown = await portable.DoPackedAsync(packed, CancellationToken.None);

        for (int length = 0; length < shown.Length; length++)
            await Assert.ThrowsAsync<FormatException>(() => portable.TakeAsync(packed, shown.AsMemory(0, length), CancellationToken.None));
        await Assert.ThrowsAsync<FormatException>(() => portable.TakeAsync(packed, (byte[])[1, 0], CancellationToken.None));
    }

    private static void Fill(ArchiveSandbox sandbox)
    {
        for (int hour = 0; hour < 9; hour++)
        {
            sandbox.Put(
                $"contoso-hub/0/2026/01/05/08/0{hour}",
                Messages(9, hour % 2 == 0 ? Alice : "other", Carol, hour % 3 == 0 ? Bob : Carol)
            );
        }

        sandbox.Put("contoso-hub/0/2026/01/05/09/00", Messages(5, Bob), RoutedEncoding.AvroDeflate);
        sandbox.Put("contoso-hub/0/2026/01/05/09/01", Encoding.UTF8.GetBytes("Obj\u0001 damaged"));
        sandbox.Put("notes.txt", Encoding.UTF8.GetBytes("no archive"));
        sandbox.Put("empty", ReadOnlyMemory<byte>.Empty);
    }

    private static async Task<List<WorkUnit>> UnitsAsync(IUnitWork<IReadOnlyList<DeviceDataFinding>> work)
    {
        List<WorkUnit> units = [];
        await foreach (WorkUnit unit in work.SplitAsync(CancellationToken.None))
            units.Add(unit);
        return units;
    }

    /// <summary>Every unit is done by work that another process would have opened.</summary>
    private static async Task<IReadOnlyList<DeviceDataFinding>> TravelAsync(
        ArchiveSandbox sandbox,
        SinkCall call,
        Fault? lost = null,
        List<int>? sizes = null
    )
    {
        // A process elsewhere knows nothing of what this one has read before.
        using IUnitWork<IReadOnlyList<DeviceDataFinding>> work = sandbox.OpenSink().Find(call, Devices);
        while (!work.IsSplit)
        {
            foreach (WorkUnit unit in await UnitsAsync(work))
            {
                var portable = (IPortableWork)work;
                if (await portable.PackAsync(unit, CancellationToken.None) is not { } packed)
                    continue;
                sizes?.Add(packed.Content.Length);
                if (lost is not null)
                {
                    await portable.GiveUpAsync(packed.Content, lost, CancellationToken.None);
                    continue;
                }

                using IUnitWork<IReadOnlyList<DeviceDataFinding>> elsewhere = sandbox.OpenSink().Find(call, Devices);
                byte[] shown = await ((IPortableWork)elsewhere).DoPackedAsync(packed.Content, CancellationToken.None);
                await portable.TakeAsync(packed.Content, shown, CancellationToken.None);
            }
        }

        return await work.CompleteAsync(CancellationToken.None);
    }

    private static string Text(IReadOnlyList<DeviceDataFinding> findings) => JsonSerializer.Serialize(findings);
}
