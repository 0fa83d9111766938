using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.FileUploads;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>Blobs that the operator excludes, with a ground.</summary>
public sealed class ExcludedBlobTests
{
    [Fact]
    public async Task Find_ExcludedBlobs_AreNotReadAndTheDetailCountsThem()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("contoso-hub/10", Messages(4, Alice, Bob));
        sandbox.Put("README.txt", "Kept by operations."u8.ToArray());
        sandbox.Put("reports/1.csv", "a,b"u8.ToArray());
        sandbox.Location = sandbox.Location with
        {
            Statements = [.. sandbox.Location.Statements, Excluding("README.txt"), Excluding("reports/", isPrefix: true)],
        };

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Carol);

        Assert.Equal([(Verdict.Present, 2L), (Verdict.Absent, 0L)], found.Select(finding => (finding.Verdict, finding.RecordCount)));
        Assert.All(found, finding => Assert.Contains("2 blobs were left unread", finding.Detail, StringComparison.Ordinal));
        Assert.Empty(sandbox.Reported);
        Assert.DoesNotContain(sandbox.BlobRequests, request => request.Target.Contains("/README.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Erase_ExcludedBlobThatAPlanNames_IsNotTouched()
    {
        await using ArchiveSandbox sandbox = await StartAsync(versioned: true);
        sandbox.Put("contoso-hub/10", Messages(4, Alice, Bob));
        sandbox.Put("copy/10", Messages(4, Alice, Bob));
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Location = sandbox.Location with { Statements = [.. sandbox.Location.Statements, Excluding("copy/", isPrefix: true)] };

        ErasureOutcome outcome = Assert.Single(
            await sandbox.EraseAsync(new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } }, found)
        );

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(TextWithout(Messages(4, Alice, Bob)), sandbox.Text("copy/10"));
        Assert.DoesNotContain(sandbox.Mutations, request => request.Contains("/copy/10", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FindAndErase_ExcludedUpload_IsLeftAloneAndSaidToBe()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/firmware.bin");
        DeviceDataFinding all = await sandbox.FindOneAsync("dev1");
        sandbox.Location = sandbox.Location with { Statements = [Excluding("dev1/firmware.bin")] };

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        await sandbox.EraseAsync(oldVersions: true, all);

        Assert.Equal(["dev1/a"], found.Items.Select(item => item.Path));
        Assert.Equal(["dev1/firmware.bin"], sandbox.Names);
        DeviceDataFinding after = await sandbox.FindOneAsync("dev1");
        Assert.Equal((Verdict.Absent, 0L), (after.Verdict, after.RecordCount));
        Assert.Contains("1 blob was left unread", after.Detail, StringComparison.Ordinal);
    }

    private static OperatorStatement Excluding(string name, bool isPrefix = false) =>
        new(OperatorStatementKind.ExcludedBlobs, "Written by operations, holds no messages.") { BlobName = name, IsPrefix = isPrefix };
}
