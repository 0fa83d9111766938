using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

/// <summary>Containers that several hubs may upload to: the folder of a device ID can be another hub's device's.</summary>
public sealed class SharedUploadTests
{
    [Theory]
    [InlineData(LocationSettings.OtherHubs, "fabrikam-hub", "Hub 'fabrikam-hub' also writes to the container")]
    [InlineData(
        LocationSettings.SharingUnknown,
        "no right to list hubs.",
        "It is unknown whether another hub also writes to the container: no right to list hubs"
    )]
    public async Task FilesOfADevice_ContainerMayBeShared_AreOwnerActionAndNeitherErasedNorExported(
        string setting,
        string value,
        string ground
    )
    {
        await using UploadSandbox sandbox = await StartAsync(setting, value);

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(true, found with { Items = [new SeenItem("dev1/a", null, 1, 1)] }));
        (IReadOnlyList<ExportCompleteness> lines, _) = await sandbox.ExportAsync("dev1");

        Assert.Equal((Verdict.OwnerAction, 0L, 0), (found.Verdict, found.RecordCount, found.Items.Count));
        Assert.Contains(ground, found.Detail, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal((Verdict.OwnerAction, 0L), (lines[0].Verdict, lines[0].Included));
        Assert.Empty(sandbox.Mutations);
        Assert.Equal(["dev1/a"], sandbox.Names);
    }

    [Fact]
    public async Task FilesOfADevice_ContainerMayBeSharedAndNothingOfTheIdIsThere_AreAbsent()
    {
        await using UploadSandbox sandbox = await StartAsync(LocationSettings.OtherHubs, "fabrikam-hub");

        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync("dev2")).Verdict);
    }

    [Fact]
    public async Task FilesOfADevice_OperatorSaysThatTheContainerIsThisHubs_AreTheDevices()
    {
        await using UploadSandbox sandbox = await StartAsync(LocationSettings.OtherHubs, "fabrikam-hub");
        sandbox.Location = sandbox.Location with
        {
            Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "moved away in 2025")],
        };

        Assert.Equal(1, (await sandbox.EraseAsync("dev1")).RecordsErased);
        Assert.Empty(sandbox.Names);
    }

    [Theory]
    [InlineData("contoso-hub", "contoso-hub/02/2026/02/03/04/05")]
    [InlineData("contoso-hub", "contoso-hub/02/2026/02/03/04/05?snapshot=2026-02-03T04:05:06.0000000Z")]
    [InlineData("backup", "backup/CONTOSO-HUB/02.avro")]
    [InlineData("resourceId=", "resourceId=/SUBSCRIPTIONS/1/y=2026/PT1H.json")]
    [InlineData("topic-1", "topic-1/SUBSCRIPTION/2026/2/3/4/5f3c.json")]
    public async Task FilesOfADevice_NamedAsArchivesInTheSameContainer_AreOwnerActionWhateverTheOperatorSays(string deviceId, string path)
    {
        await using UploadSandbox sandbox = await StartAsync(LocationSettings.ArchiveHubNames, "contoso-hub");
        sandbox.Location = sandbox.Location with { Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "ours")] };
        string name = path.Split('?')[0];
        sandbox.Put(name);

        DeviceDataFinding found = await sandbox.FindOneAsync(deviceId);
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(true, found with { Items = [new SeenItem(path, null, 1, 1)] }));
        (IReadOnlyList<ExportCompleteness> lines, _) = await sandbox.ExportAsync(deviceId, "dev1");

        Assert.Equal((Verdict.OwnerAction, 0L, 0), (found.Verdict, found.RecordCount, found.Items.Count));
        Assert.Contains("archives of many devices", found.Detail, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(0L, Assert.Single(lines, line => line.DeviceId == deviceId).Included);
        Assert.Equal(1L, Assert.Single(lines, line => line.DeviceId == "dev1").Included);
        Assert.Contains(name, sandbox.Names);
        Assert.Equal(1, (await sandbox.EraseAsync("dev1")).RecordsErased);
        Assert.Equal([name], sandbox.Names);
    }

    [Theory]
    [InlineData("old-hub/02/2026/02/03/04/05.json", Verdict.OwnerAction)]
    [InlineData("old-hub/02/2026/02/03/04/05", Verdict.OwnerAction)]
    [InlineData("old-hub/2026/02/03/04/05/02.json", Verdict.Present)]
    [InlineData("old-hub/logs/02/2026/02/03/04/05.json", Verdict.Present)]
    public async Task FilesOfADevice_NamedAsTheArchiveOfAnEndpointThatWasRemoved_AreOwnerAction(string name, Verdict verdict)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put(name);

        Assert.Equal(verdict, (await sandbox.FindOneAsync("old-hub")).Verdict);
    }

    [Theory]
    [InlineData(LocationKinds.RoutedBlobContainer, "Account/Box", "hub-a\nhub-b")]
    [InlineData(LocationKinds.LogArchive, "account/box", "hub-a\nhub-b")]
    [InlineData(LocationKinds.DeadLetterContainer, "account/other", null)]
    [InlineData(LocationKinds.FileUploadContainer, "account/box", null)]
    public void Mark_UploadsBesideArchives_KnowsTheHubsInTheirNames(string kind, string place, string? hubNames)
    {
        var uploads = new LocationDraft
        {
            Kind = LocationKinds.FileUploadContainer,
            Place = "account/box",
            Ways = [DataWay.Remark("x")],
        };
        var settings = new Dictionary<string, string> { [LocationSettings.HubName] = "hub-a\nhub-b" };
        var archive = new LocationDraft
        {
            Kind = kind,
            Place = place,
            Ways = [DataWay.Remark("x")],
            Settings = settings,
        };

        Assert.Equal(
            hubNames,
            UploadsBesideArchives
                .Mark(SinkCatalogue.OfModule.Kinds, uploads, [uploads, archive])
                .Settings.GetValueOrDefault(LocationSettings.ArchiveHubNames)
        );
        Assert.Same(
            archive,
            kind == LocationKinds.FileUploadContainer
                ? archive
                : UploadsBesideArchives.Mark(SinkCatalogue.OfModule.Kinds, archive, [uploads, archive])
        );
    }

    private static async Task<UploadSandbox> StartAsync(string setting, string value)
    {
        UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings) { [setting] = value },
        };
        sandbox.Put("dev1/a");
        return sandbox;
    }
}
