using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.LogArchives;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>A window of time keeps what lies far outside of it from being listed, and nothing else.</summary>
public sealed class NarrowedListingTests
{
    private static readonly RecordScope s_january = new()
    {
        StartTime = new DateTimeOffset(2026, 1, 4, 0, 0, 0, TimeSpan.Zero),
        EndTime = new DateTimeOffset(2026, 1, 6, 0, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public async Task Find_Window_ListsAndReadsOnlyFoldersThatCanHoldRecordsOfIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Location = sandbox.Location with
        {
            Statements =
            [
                new OperatorStatement(OperatorStatementKind.OwnBlobs, "moved by hand") { BlobName = "elsewhere/", IsPrefix = true },
                new OperatorStatement(OperatorStatementKind.OwnBlobs, "moved by hand") { BlobName = "odd" },
            ],
            Settings = new Dictionary<string, string>(sandbox.Location.Settings)
            {
                [LocationSettings.FileNameFormat] = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}",
            },
        };
        string[] read =
        [
            "contoso-hub/0/2026/01/05/08/00",
            "contoso-hub/1/2026/01/03/23/59",
            "contoso-hub/1/2026/01/08/23/59",
            "Contoso-Hub/1/2026/01/05/08/00",
            "elsewhere/2020/01/01.json",
            "odd",
            "contoso-hub/0/2026/01/05/08/odd",
        ];
        string[] notRead =
        [
            "contoso-hub/0/2025/12/05/08/00",
            "contoso-hub/0/2026/01/02/08/00",
            "contoso-hub/1/2026/01/09/08/00",
            "contoso-hub/1/2026/02/05/08/00",
            "fabrikam-hub/0/2026/01/05/08/00",
        ];
        foreach (string name in read.Concat(notRead))
            sandbox.Put(name, Messages(4, Alice, Bob));

        DeviceDataFinding found = Assert.Single(
            await sandbox.Sink.FindAsync(
                sandbox.Call(new SinkOptions(4) { Erasure = new ErasureOptions { Scope = s_january } }),
                [Alice],
                CancellationToken.None
            )
        );

        Assert.Equal(read.Order(StringComparer.Ordinal), found.Items.Select(item => item.Path));
        string[] listed =
        [
            .. sandbox
                .BlobRequests.Where(request => request.Target.Contains("comp=list", StringComparison.Ordinal))
                .Select(request => Uri.UnescapeDataString(request.Target)),
        ];
        Assert.DoesNotContain(listed, target =>
            target.Contains("2025", StringComparison.Ordinal) || target.Contains("2026/02", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(sandbox.BlobRequests, request =>
            notRead.Any(name => request.Target.Contains(name, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Find_WindowInNamesWithoutFolders_ListsThemPageByPage()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings)
            {
                [LocationSettings.FileNameFormat] = "{iothub}-{partition}-{YYYY}{MM}{DD}{HH}{mm}",
            },
        };
        string[] read = [.. Enumerable.Range(10, 50).Select(minute => $"contoso-hub-0-2026010508{minute}")];
        string[] notRead = [.. Enumerable.Range(10, 50).Select(minute => $"contoso-hub-0-2025010508{minute}")];
        foreach (string name in read.Concat(notRead))
            sandbox.Put(name, Messages(4, Alice, Bob));
        sandbox.TakeSnapshot(read[0]);
        sandbox.Forget();

        DeviceDataFinding found = Assert.Single(
            await sandbox.Sink.FindAsync(
                sandbox.Call(new SinkOptions(4) { Erasure = new ErasureOptions { Scope = s_january } }),
                [Alice],
                CancellationToken.None
            )
        );

        Assert.Equal(51, found.Items.Count);
        Assert.Equal(read, found.Items.Where(item => !item.IsOldCopy).Select(item => item.Path));
        Assert.InRange(
            sandbox.BlobRequests.Count(request => request.Target.Contains("restype=container&comp=list", StringComparison.Ordinal)),
            2,
            6
        );
    }

    [Fact]
    public async Task Find_WindowInLogs_ListsOnlyTheHubAndTheDays()
    {
        await using ArchiveSandbox sandbox = await LogArchive.StartLogsAsync();
        string[] read = [LogArchive.BlobOf(LogArchive.LongAgo), LogArchive.BlobOf(LogArchive.LongAgo.AddDays(3))];
        string[] notRead =
        [
            LogArchive.BlobOf(LogArchive.LongAgo.AddDays(5)),
            LogArchive.BlobOf(LogArchive.LongAgo.AddDays(-5)),
            LogArchive.BlobOf(LogArchive.LongAgo, "FABRIKAM-HUB"),
        ];
        foreach (string name in read.Concat(notRead))
            sandbox.PutLog(name, LogArchive.Rows(4, Alice, Bob));

        DeviceDataFinding found = Assert.Single(
            await sandbox.Sink.FindAsync(
                sandbox.Call(new SinkOptions(4) { Erasure = new ErasureOptions { Scope = s_january } }),
                [Alice],
                CancellationToken.None
            )
        );

        Assert.Equal(read, found.Items.Select(item => item.Path));
        Assert.DoesNotContain(sandbox.BlobRequests, request =>
            request.Target.Contains("comp=list", StringComparison.Ordinal) && request.Target.Contains("FABRIKAM", StringComparison.Ordinal)
        );
    }
}
