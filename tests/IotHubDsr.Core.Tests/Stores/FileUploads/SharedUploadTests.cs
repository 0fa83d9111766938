using IotHubDsr.Stores;

namespace IotHubDsr.Core.Tests.Stores.FileUploads;

/// <summary>Containers that several hubs may upload to: the folder of a device ID can be another hub's device's.</summary>
public sealed class SharedUploadTests
{
    [Theory]
    [InlineData(LocationSettings.OtherHubs, "fabrikam-hub", "Hub 'fabrikam-hub' writes to the container as well")]
    [InlineData(LocationSettings.SharingUnknown, "no right to list hubs.", "cannot be told: no right to list hubs")]
    public async Task FilesOfADevice_ContainerMayBeShared_AreOwnerActionAndNeitherErasedNorExported(string setting, string value, string ground)
    {
        await using UploadSandbox sandbox = await StartAsync(setting, value);

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(true, found with { Items = [new SeenItem("dev1/a", null, 1, 1)] }));
        (IReadOnlyList<ExportCompleteness> lines, _) = await sandbox.ExportAsync("dev1");

        Assert.Equal((Verdict.OwnerAction, 0L, 0), (found.Verdict, found.Records, found.Items.Count));
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
        sandbox.Location = sandbox.Location with { Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "moved away in 2025")] };

        Assert.Equal(1, (await sandbox.EraseAsync("dev1")).RecordsErased);
        Assert.Empty(sandbox.Names);
    }

    private static async Task<UploadSandbox> StartAsync(string setting, string value)
    {
        UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Location = sandbox.Location with { Settings = new Dictionary<string, string>(sandbox.Location.Settings) { [setting] = value } };
        sandbox.Put("dev1/a");
        return sandbox;
    }
}
