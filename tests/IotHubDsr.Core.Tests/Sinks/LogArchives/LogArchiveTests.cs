using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using static IotHubDsr.Core.Tests.Sinks.LogArchives.LogArchive;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.LogArchives;

public sealed class LogArchiveTests
{
    private static readonly string s_blob = BlobOf(LongAgo);

    [Fact]
    public async Task Erase_ClosedHour_ReplacesTheAppendBlobWholeAndKeepsWhatItCarries()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        List<string> rows = Rows(90, Alice, Bob, "Alice", "alice2");
        sandbox.PutLog(
            s_blob,
            rows,
            new BlobSeed
            {
                ContentType = "application/x-ndjson",
                Metadata = new Dictionary<string, string> { ["Owner"] = "ops" },
                Tags = new Dictionary<string, string> { ["class"] = "logs" },
            }
        );
        BlobRevision before = sandbox.Current(s_blob);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        BlobRevision after = sandbox.Current(s_blob);
        Assert.Equal((null, 23L, 1, null), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged, outcome.Verdict));
        Assert.Equal(Text(Without(rows, Alice)), sandbox.Text(s_blob));
        Assert.Equal((BlobKind.Append, before.Headers, before.Tier), (after.Kind, after.Headers, after.Tier));
        Assert.Equal(before.Metadata, after.Metadata);
        Assert.Equal(before.Tags, after.Tags);
        Assert.Equal([s_blob], NamesIn(sandbox));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Erase_CurrentAndPreviousHour_AreReadAndLeftUntilNobodyWritesToThem(int hoursAgo, bool isLeft)
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        DateTimeOffset now = sandbox.Clock.GetUtcNow();
        DateTimeOffset hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(-hoursAgo);
        string blob = BlobOf(hour);
        List<string> rows = Rows(10, Alice, Bob);
        sandbox.PutLog(blob, rows, new BlobSeed { LastModified = now });
        Assert.Equal((Verdict.Present, 5L), await sandbox.FindOneAsync(Alice) is var found ? (found.Verdict, found.RecordCount) : default);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(
            isLeft ? (Verdict.ErasurePending, hour.AddHours(2)) : ((Verdict?)null, (DateTimeOffset?)null),
            (outcome.Verdict, outcome.Until)
        );
        Assert.Equal(isLeft ? Text(rows) : Text(Without(rows, Alice)), sandbox.Text(blob));

        // What was pending closes when its hour has ended, whoever changed the blob last.
        sandbox.Clock.Advance(TimeSpan.FromHours(2));
        await sandbox.EraseAsync(Alice);
        Assert.Equal(Text(Without(rows, Alice)), sandbox.Text(blob));
    }

    [Fact]
    public async Task Find_ExportedRowsOfOtherResources_ThatNameTheDevice_AreItsOwnersToJudge_AndKept()
    {
        const string blob =
            "WorkspaceResourceId=/subscriptions/s1/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/w/y=2026/m=01/d=05/h=08/m=05/PT05M.json";
        const string account = "/subscriptions/s1/resourcegroups/rg/providers/microsoft.storage/storageaccounts/st/blobservices/default";
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.PutLog(
            blob,
            [
                $$"""{"TimeGenerated":"2026-01-05T08:00:00Z","_ResourceId":"{{account}}","Type":"StorageBlobLogs","Uri":"https://st/u/alice/a.jpg"}""",
                Row(Bob),
            ]
        );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob, "alice2");
        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal([Verdict.OwnerAction, Verdict.Present, Verdict.Absent], found.Select(static one => one.Verdict));
        Assert.Equal(0, outcome.RecordsErased);
        Assert.Contains("/u/alice/a.jpg", sandbox.Text(blob), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_LogsOfAnotherHubOrResource_AreNotTouched()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        string other = BlobOf(LongAgo, "FABRIKAM-HUB");
        string vault = s_blob.Replace(
            "MICROSOFT.DEVICES/IOTHUBS/CONTOSO-HUB",
            "MICROSOFT.KEYVAULT/VAULTS/CONTOSO-HUB",
            StringComparison.Ordinal
        );
        string moved = s_blob.Replace("RESOURCEGROUPS/RG", "RESOURCEGROUPS/FORMER", StringComparison.Ordinal);
        List<string> rows = Rows(10, Alice, Bob);
        foreach (string name in new[] { s_blob, other, vault, moved })
            sandbox.PutLog(name, rows);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        // A hub keeps its name when it is moved, and its logs of before are its own.
        Assert.Equal((10L, 2), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(Text(Without(rows, Alice)), sandbox.Text(moved));
        Assert.All(new[] { other, vault }, name => Assert.Equal(Text(rows), sandbox.Text(name)));
    }

    [Fact]
    public async Task Erase_RowsOfSeveralHubsInOneBlob_TakesOnlyThoseOfTheHub()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        const string Exported =
            "WorkspaceResourceId=/subscriptions/s1/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/w/y=2026/m=01/d=05/h=08/m=05/PT05M.json";
        string[] rows =
        [
            Row(Alice, 1),
            Row(Alice, 2, "FABRIKAM-HUB"),
            Row(Bob, 3),
            """{"TimeGenerated":"2026-01-05T08:01:00Z","_ResourceId":"/subscriptions/s1/resourcegroups/rg/providers/microsoft.devices/iothubs/fabrikam-hub","deviceId_s":"alice"}""",
        ];
        sandbox.PutLog(Exported, rows);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 1L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(Text(rows[1..]), sandbox.Text(Exported));
    }

    [Fact]
    public async Task Erase_RowAppendedMeanwhile_IsKept()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        List<string> rows = Rows(10, Alice, Bob);
        sandbox.PutLog(s_blob, rows);
        List<string> more = [.. rows, Row(Bob, 99)];
        int changes = 0;
        sandbox.OnAnnounce = () =>
        {
            if (changes++ == 0)
                sandbox.PutLog(s_blob, more);
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((2, 5L), (changes, outcome.RecordsErased));
        Assert.Equal(Text(Without(more, Alice)), sandbox.Text(s_blob));
        Assert.Equal([s_blob], NamesIn(sandbox));
    }

    [Fact]
    public async Task Erase_SameBlobForDifferentSubjectsAtOnce_RemovesBothAndNobodyElse()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        for (int round = 0; round < 5; round++)
        {
            sandbox.UseContainer($"race-{round}");
            List<string> rows = Rows(400, Alice, Bob, Carol, "Alice");
            sandbox.PutLog(s_blob, rows);
            IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

            IReadOnlyList<ErasureOutcome>[] outcomes = await Task.WhenAll(sandbox.EraseAsync(found[0]), sandbox.EraseAsync(found[1]));

            Assert.All(outcomes, outcome => Assert.Equal((null, 100), (outcome[0].Fault, outcome[0].RecordsErased)));
            Assert.Equal(Text(Without(Without(rows, Alice), Bob)), sandbox.Text(s_blob));
            Assert.Equal([s_blob], NamesIn(sandbox));
        }
    }

    [Fact]
    public async Task Erase_DraftsThatACrashLeft_AreSearchedAndRemoved()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        string draft = $"{s_blob}.iothubdsr-{new string('a', 32)}";
        string alike = $"{s_blob}.iothubdsr-{new string('z', 32)}";
        List<string> rows = Rows(10, Alice, Bob);
        foreach (string name in new[] { s_blob, draft, alike })
            sandbox.PutLog(name, rows);
        Assert.Equal(15, (await sandbox.FindOneAsync(Alice)).RecordCount);

        await sandbox.EraseAsync(Alice);

        Assert.Equal([s_blob, alike], NamesIn(sandbox));
        Assert.Equal(Text(Without(rows, Alice)), sandbox.Text(s_blob));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_BlobLeftWithoutRows_IsKeptEmptyOrDeleted(bool deletes)
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.PutLog(s_blob, Rows(3, Alice));

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Alice,
            new SinkOptions(4) { Erasure = new ErasureOptions { DeleteEmptied = deletes } }
        );

        Assert.Equal((null, 3L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(deletes ? [] : [s_blob], NamesIn(sandbox));
        if (!deletes)
            Assert.Equal((BlobKind.Append, 0L), (sandbox.Current(s_blob).Kind, sandbox.Current(s_blob).Content.Length));
    }

    [Fact]
    public async Task Erase_InAnAccountThatKeepsVersions_RemovesTheOldOnesWhenAsked()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync(versioned: true);
        List<string> rows = Rows(10, Alice, Bob);
        sandbox.PutLog(s_blob, rows);

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Alice,
            new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } }
        );

        Assert.Equal((null, 5L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(BlobKind.Append, sandbox.Current(s_blob).Kind);
        Assert.Equal(Text(Without(rows, Alice)), sandbox.Text(s_blob));
        DeviceDataFinding after = await sandbox.FindOneAsync(Alice);
        Assert.Equal((0L, Verdict.Expiring), (after.RecordCount, after.Verdict));
    }

    [Fact]
    public async Task Erase_InAnAccountThatKeepsVersions_LeavesNoVersionOfADraftThatNobodyCanErase()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync(versioned: true);
        List<string> rows = Rows(12, Alice, Bob, Carol);
        sandbox.PutLog(s_blob, rows);
        await sandbox.EraseAsync(Alice, new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } });

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Bob,
            new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } }
        );

        Assert.Equal((null, 4L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Equal(Text(Without(Without(rows, Alice), Bob)), sandbox.Text(s_blob));
        Assert.Equal((Verdict.Expiring, 0L), await sandbox.FindOneAsync(Bob) is var after ? (after.Verdict, after.RecordCount) : default);
        Assert.Equal(4, (await sandbox.FindOneAsync(Carol)).RecordCount);
    }

    [Fact]
    public async Task Erase_VersionOfADraftThatACrashLeft_IsRemovedWithOldVersions()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync(versioned: true);
        string draft = $"{s_blob}.iothubdsr-{new string('a', 32)}";
        List<string> rows = Rows(12, Alice, Bob, Carol);
        foreach (string name in new[] { s_blob, draft })
            sandbox.PutLog(name, rows);
        sandbox.Container.Delete(draft);
        sandbox.PutLog(draft, rows);

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Alice,
            new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } }
        );

        Assert.Null(outcome.Fault);
        Assert.Equal([s_blob], NamesIn(sandbox));
        Assert.Equal((Verdict.Expiring, 0L), await sandbox.FindOneAsync(Alice) is var after ? (after.Verdict, after.RecordCount) : default);
    }

    [Fact]
    public async Task Find_BlobOfTheHubThatIsNotNamedLikeAzureMonitors_IsRead()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        string folder = s_blob[..s_blob.IndexOf("/y=", StringComparison.Ordinal)];
        string[] read = [$"{folder}/copy.json", "resourceId=/moved.json"];
        foreach (string name in read.Append($"{folder.Replace("CONTOSO", "FABRIKAM", StringComparison.Ordinal)}/copy.json"))
            sandbox.PutLog(name, Rows(4, Alice, Bob));

        Assert.Equal(read, (await sandbox.FindOneAsync(Alice)).Items.Select(item => item.Path));
    }

    [Fact]
    public async Task Find_ContainerThatDoesNotExist_IsAbsentAndSaysWhy()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.UseContainer("insights-logs-routes");
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings)
            {
                [LocationSettings.ContainerUri] = $"https://{sandbox.AccountName}.blob.core.windows.net/not-there",
            },
        };

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Absent, true), (found.Verdict, found.Detail?.Contains("does not exist", StringComparison.Ordinal)));
        Assert.Null((await sandbox.EraseAsync(Alice)).Fault);
    }

    [Fact]
    public async Task Export_WritesTheRowsOfTheDeviceAlone()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.PutLog(s_blob, Rows(10, Alice, Bob));
        var target = new MemoryTarget();

        ExportCompleteness line = Assert.Single(await sandbox.Sink.ExportAsync(sandbox.Call(), [Alice], target, CancellationToken.None));

        Assert.Equal((5L, 5L, 0L), (line.Found, line.Included, line.Unreachable));
        string text = target.Text("log-rows.ndjson");
        Assert.Equal(5, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(Bob, text, StringComparison.Ordinal);
        Assert.Contains("\"row\":{\"time\":", text, StringComparison.Ordinal);
    }
}
