using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Operations.ScopedWorld;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A request about some of a device's records touches those and nothing else.</summary>
public sealed class ScopeTests
{
    [Fact]
    public async Task Erase_OneGeneration_LeavesTheOtherIncarnationToTheByte()
    {
        await using RequestSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages("dev1", "old", "dev1", "new", "dev2", "old");
        Put(sandbox, messages);
        HubIdentity present = Device(sandbox, "dev1");

        ErasurePlan plan = await sandbox.PlanAsync(new RecordScope { GenerationId = "old" }, "dev1");
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        Assert.Equal(Text(messages.Where(message => (message.DeviceId, message.GenerationId) != ("dev1", "old"))), Text(sandbox));
        Assert.Equal(Verdict.ErasurePending, Of(receipts, Container).Verdict);
        Assert.Equal(Verdict.Absent, Of(receipts, LocationKinds.DeviceRegistry).Verdict);
        Assert.Contains("not of the requested generation", Of(receipts, LocationKinds.DeviceRegistry).Detail, StringComparison.Ordinal);
        Assert.Equal(Verdict.OwnerAction, Of(receipts, LocationKinds.FileUploadContainer).Verdict);
        Assert.Contains("generation", Of(receipts, LocationKinds.FileUploadContainer).Detail, StringComparison.Ordinal);
        Assert.Same(present, Device(sandbox, "dev1"));
        Assert.Equal(3, present.PendingCommands);
        Assert.Empty(Deletions(sandbox));
    }

    [Fact]
    public async Task Erase_GenerationOfTheDeviceThatIsThere_DeletesIt()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, Messages("dev1", "old"));
        string before = Text(sandbox);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(
            await sandbox.PlanAsync(new RecordScope { GenerationId = Device(sandbox, "dev1").GenerationId }, "dev1")
        );

        Assert.Equal(Verdict.Erased, Of(receipts, LocationKinds.DeviceRegistry).Verdict);
        Assert.Equal(3, Of(receipts, LocationKinds.CloudToDeviceQueue).RecordsErased);
        Assert.DoesNotContain(sandbox.Server.World.Registry.Devices, device => device.DeviceId == "dev1");
        Assert.Equal(before, Text(sandbox));
    }

    [Fact]
    public async Task Erase_Window_LeavesTheDeviceAndWhatIsOutsideAlone()
    {
        await using RequestSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = [.. Enumerable.Range(0, 10).Select(number => Message("dev1", "g", number))];
        Put(sandbox, messages);
        PutUpload(sandbox, "dev1/in.txt", Start.AddSeconds(4));
        PutUpload(sandbox, "dev1/out.txt", Start.AddSeconds(7));
        var scope = new RecordScope { StartTime = Start.AddSeconds(3), EndTime = Start.AddSeconds(7) };

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync(scope, "dev1"));

        Assert.Equal(
            Text(messages.Where(message => message.Enqueued < scope.StartTime || message.Enqueued >= scope.EndTime)),
            Text(sandbox)
        );
        Assert.Equal(4, Of(receipts, Container).RecordsErased);
        foreach (string kind in (string[])[LocationKinds.DeviceRegistry, LocationKinds.CloudToDeviceQueue])
        {
            Assert.Equal((Verdict.OwnerAction, 0), (Of(receipts, kind).Verdict, Of(receipts, kind).RecordsErased));
            Assert.Contains("a time window", Of(receipts, kind).Detail, StringComparison.Ordinal);
        }

        Assert.Equal(3, Device(sandbox, "dev1").PendingCommands);
        Assert.Equal(
            (Verdict.Erased, 1),
            (Of(receipts, LocationKinds.FileUploadContainer).Verdict, Of(receipts, LocationKinds.FileUploadContainer).RecordsErased)
        );
        Assert.Contains("/in.txt", Assert.Single(Deletions(sandbox)).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_WindowWithSnapshotsOutsideOfIt_KeepsThem()
    {
        await using RequestSandbox sandbox = await StartAsync();
        PutUpload(sandbox, "dev1/a.txt", Start.AddDays(-1));
        BlobContainer uploads = ContainerOf(sandbox, WorldNames.UploadAccount, WorldNames.UploadContainer);
        lock (uploads.Gate)
        {
            Assert.True(uploads.TryGetEntry("dev1/a.txt", out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }

        PutUpload(sandbox, "dev1/a.txt", Start.AddSeconds(4));
        RecordScope scope = new() { StartTime = Start, EndTime = Start.AddSeconds(7) };
        ErasurePlan plan = await sandbox.PlanAsync(scope, "dev1");

        await sandbox.EraseAsync(PlanDocument.Seal(plan with { Erasure = plan.Erasure with { IncludeOldVersions = true } }));

        Assert.Contains(uploads.List(includeOld: true), blob => blob.Name == "dev1/a.txt" && !blob.IsCurrent);
    }

    [Fact]
    public async Task Mentions_AreTheDevicesOnlyWhereTheyAreAskedFor()
    {
        await using RequestSandbox sandbox = await StartAsync();
        RoutedMessage mention = Message("dev2", "g", 1) with { Body = Encoding.UTF8.GetBytes("""{"replaced":"silent-9"}""") };
        List<RoutedMessage> messages = [Message("dev2", "g", 0), mention, Message("dev2", "g", 2)];
        Put(sandbox, messages);

        ErasurePlan without = await sandbox.PlanAsync("silent-9");
        ErasurePlan with = await sandbox.PlanAsync(new RecordScope { IncludeMentioned = true }, "silent-9");
        ErasureReceipt receipt = Of(await sandbox.EraseAsync(with), Container);

        Assert.Equal(0, without.Steps.Sum(step => step.Finding.RecordCount));
        DeviceDataFinding found = with.Steps.Single(step => step.Location.Place.EndsWith(Container, StringComparison.Ordinal)).Finding;
        Assert.Equal(1, found.RecordCount);
        Assert.Contains("1 record of other senders names the device only in the body", found.Detail, StringComparison.Ordinal);
        Assert.Equal((Verdict.ErasurePending, 1), (receipt.Verdict, receipt.RecordsErased));
        Assert.Equal(Text(messages.Where(message => message != mention)), Text(sandbox));
    }

    [Fact]
    public async Task Evidence_SaysThatTheRequestWasNarrowedAndNeverWhichIncarnation()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, Messages("dev1", "generation-of-ana", "dev1", "new"));
        PutUpload(sandbox, "dev1/in.txt", Start);
        var scope = new RecordScope { GenerationId = "generation-of-ana", EndTime = Start.AddDays(1) };

        ErasurePlan plan = await sandbox.PlanAsync(scope, "dev1");
        await sandbox.EraseAsync(plan);
        DataRequest request = await sandbox.RequestAsync();
        ErasureCertificateCheck check = Assert.Single(await sandbox.CheckAsync(request.Certificates[0].Path!));
        RequestReport report = await sandbox.ReportAsync(request.RequestId, "report.html");

        Assert.Contains("generation 'generation-of-ana'", plan.ToString(), StringComparison.Ordinal);
        Assert.Equal("only records of one incarnation of the device ID, accepted before 2026-01-06T08:00:00Z", request.Scope);
        Assert.Equal(request.Scope, check.Scope);
        Assert.True(check.IsValid, check.Reason);
        Assert.Contains(request.Scope!, await File.ReadAllTextAsync(report.Path), StringComparison.Ordinal);
        string certificate = await File.ReadAllTextAsync(request.Certificates[0].Path!);
        string journal = await File.ReadAllTextAsync(Directory.GetFiles(sandbox.RequestStore, "journal*", SearchOption.AllDirectories)[0]);
        string payload = Encoding.UTF8.GetString(
            Convert.FromBase64String(JsonDocument.Parse(certificate).RootElement.GetProperty("payload").GetString()!)
        );
        Assert.DoesNotContain("generation-of-ana", journal + payload, StringComparison.Ordinal);
        Assert.Contains("\"isOneIncarnation\":true", payload, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing was erased here: the requested records cannot be distinguished from others.",
            payload,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Confirm_PlanWithAScope_LooksOnlyAtWhatItIsAbout()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, Messages("dev1", "old", "dev1", "new"));
        ErasurePlan saved = await sandbox.SavePlanAsync("a.plan.json", new RecordScope { GenerationId = "old" }, "dev1");

        Put(sandbox, Messages("dev1", "old", "dev1", "new", "dev1", "new"));
        ErasurePlan confirmed = await sandbox.ConfirmAsync(saved.Path!);
        Put(sandbox, Messages("dev1", "old", "dev1", "old", "dev1", "new"));
        DsrException changed = await Assert.ThrowsAsync<DsrException>(() => sandbox.ConfirmAsync(saved.Path!));

        Assert.Equal((saved.Scope, saved.Digest), (confirmed.Scope, confirmed.Digest));
        Assert.Equal("PlanChanged", changed.Fault.Id);
    }

    [Fact]
    public async Task Plan_ScopeThatCannotBe_IsRefusedBeforeAnythingIsRead()
    {
        await using RequestSandbox sandbox = await StartAsync();
        sandbox.Server.RequestLog.Clear();

        DsrException many = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.PlanAsync(new RecordScope { GenerationId = "old" }, "dev1", "dev2")
        );
        DsrException empty = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.PlanAsync(new RecordScope { StartTime = Start, EndTime = Start }, "dev1")
        );
        DsrException export = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ExportAsync(options => options with { Scope = new RecordScope { GenerationId = "old" } }, "dev1", "dev2")
        );

        Assert.Equal(
            ["ScopeNeedsOneDevice", "InvalidTimeWindow", "ScopeNeedsOneDevice"],
            new[] { many, empty, export }.Select(failure => failure.Fault.Id)
        );
        Assert.Empty(sandbox.Server.RequestLog.After(0));
        Assert.Empty(sandbox.FilesInFolder);
    }

    [Fact]
    public async Task Export_Window_HoldsWhatIsInItAndSaysWhatItCannotTell()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, [.. Enumerable.Range(0, 10).Select(number => Message("dev1", "g", number))]);
        var scope = new RecordScope { StartTime = Start.AddSeconds(3), EndTime = Start.AddSeconds(7) };

        DataExport export = await sandbox.ExportAsync(options => options with { Scope = scope }, "dev1");

        Assert.Equal(4, export.Records);
        ExportCompleteness registry = export.Completeness.Single(line => line.Kind == LocationKinds.DeviceRegistry);
        Assert.Equal((Verdict.OwnerAction, 0), (registry.Verdict, registry.Included));
        var bag = Bag.OfFolder(export.Path);
        bag.AssertValid();
        Assert.Contains(bag.Info, line =>
            line.Key == "External-Description" && line.Value.Contains(scope.ToString(), StringComparison.Ordinal)
        );
        Assert.Contains(scope.ToString(), bag.Text("data/completeness.json"), StringComparison.Ordinal);
        Assert.Contains(scope.ToString(), bag.Text("README.txt"), StringComparison.Ordinal);
        Assert.Contains(scope.ToString(), bag.Text("data/report.html"), StringComparison.Ordinal);
        Assert.DoesNotContain(bag.Files.Keys, name => name.Contains("registry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_Mentioned_IsAttributedAsSuch()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, [Message("dev2", "g", 1) with { Body = Encoding.UTF8.GetBytes("""{"replaced":"silent-9"}""") }]);

        DataExport export = await sandbox.ExportAsync(
            options => options with { Scope = new RecordScope { IncludeMentioned = true } },
            "silent-9"
        );

        var bag = Bag.OfFolder(export.Path);
        string file = Assert.Single(bag.Files.Keys, name => name.EndsWith("messages.ndjson", StringComparison.Ordinal));
        Assert.Contains("\"attribution\":\"Mentioned\"", bag.Text(file), StringComparison.Ordinal);
    }
}
