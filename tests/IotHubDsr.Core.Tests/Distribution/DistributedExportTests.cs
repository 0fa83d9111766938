using System.IO.Compression;
using System.Text;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>What workers copy, the package of one process has, byte for byte.</summary>
public sealed class DistributedExportTests
{
    private static readonly string[] Devices = ["dev1", "Dev1", "it's", "100%", "nobody-at-all"];
    private static readonly string Store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    [Fact]
    public async Task Export_ByWorkers_HasTheFilesOfOneProcess_AndLeavesNothing()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        sandbox.Workers = workers;

        DataExport here = await ExportAsync(sandbox, "here", distributed: false);
        DataExport elsewhere = await ExportAsync(sandbox, "elsewhere", distributed: true);

        Assert.Equal(Lines(here), Lines(elsewhere));
        Assert.Equal(Records(here.Path), Records(elsewhere.Path));
        Assert.Contains(Records(here.Path), static file => file.Key.Contains("raw-json", StringComparison.Ordinal));
        Bag.OfFolder(elsewhere.Path).AssertValid();
        Assert.True(workers.Done > 0);
        Assert.All(workers.Messages, static message => Assert.DoesNotContain("dev1", message, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(await FoldersAsync(workers));
    }

    [Fact]
    public async Task Export_AsAZip_ByWorkers_HasTheSameFiles()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        sandbox.Workers = workers;

        DataExport here = await ExportAsync(sandbox, "here", distributed: false);
        DataExport zipped = await ExportAsync(sandbox, "zipped.zip", distributed: true, asZip: true);

        string folder = Path.Combine(Path.GetDirectoryName(here.Path)!, "unpacked");
        await ZipFile.ExtractToDirectoryAsync(zipped.Path, folder);
        Assert.Equal(Records(here.Path), Records(Path.Combine(folder, "zipped")));
    }

    [Fact]
    public async Task Command_IsStoppedWhileTheyCopy_AndRunAgain_HasWhatTheyCopied()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        sandbox.Workers = workers;
        using var stop = new CancellationTokenSource();
        workers.Before = (_, request) => IsPart(request) ? stop.CancelAsync() : Task.CompletedTask;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (DsrEvent _ in sandbox.Exporting(static options => options with { Distributed = true }, stop.Token, Devices)) { }
        });
        string left = Assert.Single(await FoldersAsync(workers));
        workers.Before = static (_, _) => Task.CompletedTask;
        DataExport here = await ExportAsync(sandbox, "here", distributed: false);
        DataExport again = await ExportAsync(sandbox, "again", distributed: true);

        Assert.Equal(Records(here.Path), Records(again.Path));
        Assert.Contains(workers.Messages, message => message.Contains(left, StringComparison.Ordinal));
        Assert.Empty(await FoldersAsync(workers));
    }

    [Fact]
    public async Task Worker_IsLostWhileItCopies_AnotherOneCopiesAgain_AndNothingIsThereTwice()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        sandbox.Workers = workers;
        int lost = 0;
        workers.Before = (_, request) =>
            IsPart(request) && Interlocked.Increment(ref lost) == 1 ? throw new HttpRequestException("It is dead.") : Task.CompletedTask;

        DataExport here = await ExportAsync(sandbox, "here", distributed: false);
        DataExport elsewhere = await ExportAsync(sandbox, "elsewhere", distributed: true);

        Assert.True(lost > 1);
        Assert.Equal(Lines(here), Lines(elsewhere));
        Assert.Equal(Records(here.Path), Records(elsewhere.Path));
    }

    [Fact]
    public async Task Part_ThatIsNotWhatTheWorkerSaved_EndsTheExportOfItsLocation()
    {
        await using RequestSandbox sandbox = await StartAsync();
        using var workers = new WorkersHere(sandbox.Server, Store);
        sandbox.Workers = workers;
        int parts = 0;
        workers.Before = (_, request) =>
        {
            if (IsPart(request) && Interlocked.Increment(ref parts) == 1)
                request.Content = new ByteArrayContent("{}\n"u8.ToArray());
            return Task.CompletedTask;
        };

        DataExport export = await ExportAsync(sandbox, "elsewhere", distributed: true);

        Assert.Contains(sandbox.Reported, static fault => fault.Id == "JournalBroken");
        Assert.Contains(export.Completeness, static line =>
            line is { Verdict: Verdict.Unreachable, Kind: LocationKinds.RoutedBlobContainer or LocationKinds.LogArchive }
        );
        Assert.DoesNotContain(Records(export.Path).Values, static text => text.Split('\n').Contains("{}"));
    }

    [Fact]
    public async Task RecordPart_StoreIsSlow_HoldsBackWhatIsFound()
    {
        var parts = new SlowParts();
        await using var part = new RecordPart(parts, CancellationToken.None);
        byte[] line = Encoding.ASCII.GetBytes($"{{\"text\":\"{new string('x', 100_000)}\"}}");
        const int Lines = 200;
        int written = 0;

        var writing = Task.Run(() =>
        {
            for (; written < Lines; written++)
                part.Write(line);
        });
        while (written < 30)
            await Task.Delay(10);
        await Task.Delay(200);
        int before = written;
        parts.Go.SetResult();
        await writing;
        UnitPart saved = await part.CompleteAsync();

        Assert.InRange(before, 30, 100);
        Assert.Equal($"{(line.Length + 1L) * Lines}", saved.Digest);
    }

    private static async Task<RequestSandbox> StartAsync()
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.ConnectAsync(options => options with { RequestStore = Store });
        return sandbox;
    }

    private static Task<DataExport> ExportAsync(RequestSandbox sandbox, string name, bool distributed, bool asZip = false) =>
        sandbox.ExportAsync(
            options =>
                options with
                {
                    Path = Path.Combine(Path.GetDirectoryName(options.Path)!, name),
                    AsZip = asZip,
                    Distributed = distributed,
                },
            Devices
        );

    /// <summary>What is accounted for; the log workspace has rows of the export before.</summary>
    private static IEnumerable<string> Lines(DataExport export) =>
        export
            .Completeness.Where(static line => line.Kind != LocationKinds.LogAnalyticsWorkspace)
            .Select(static line =>
                $"{line.DeviceId} {line.LocationId} {line.Verdict} {line.Found} {line.Included} {line.Withheld} {line.Ground}"
            );

    /// <summary>The files of archives, which are records of the devices.</summary>
    private static SortedDictionary<string, string> Records(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "data"), "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, file);
            if (Path.GetExtension(file) is ".ndjson" or ".csv" && !name.Contains("workspace", StringComparison.Ordinal))
                files[name] = File.ReadAllText(file);
        }

        return files;
    }

    private static bool IsPart(HttpRequestMessage request) =>
        request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith(".part", StringComparison.Ordinal);

    private static async Task<List<string>> FoldersAsync(WorkersHere workers)
    {
        List<string> folders = [];
        await foreach (string folder in workers.OpenStore().ListFoldersAsync(ReadingFolders.Prefix, CancellationToken.None))
            folders.Add(folder);
        return folders;
    }

    /// <summary>Reads nothing until it is let go; the digest is the number of bytes.</summary>
    private sealed class SlowParts : IUnitParts
    {
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<UnitPart> SaveAsync(Stream content, CancellationToken cancellationToken)
        {
            await Go.Task;
            using var all = new MemoryStream();
            await content.CopyToAsync(all, cancellationToken);
            return new UnitPart("part", $"{all.Length}");
        }

        public Task<Stream> OpenAsync(UnitPart part, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
