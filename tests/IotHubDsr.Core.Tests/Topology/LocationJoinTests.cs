using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What two ways to one place say of it.</summary>
public sealed class LocationJoinTests
{
    [Fact]
    public void DoubtsWhoseThePlaceIs_AreAllKept()
    {
        LocationDraft joined = LocationJoin.All([
            Of((LocationSettings.SharingUnknown, "job 'a' also reads x."), (LocationSettings.OtherHubs, "fabrikam\nnorthwind")),
            Of((LocationSettings.SharingUnknown, "job 'b' also reads y."), (LocationSettings.OtherHubs, "northwind")),
            Of(),
        ]);

        Assert.Equal("job 'a' also reads x. job 'b' also reads y.", joined.Settings[LocationSettings.SharingUnknown]);
        Assert.Equal("fabrikam\nnorthwind", joined.Settings[LocationSettings.OtherHubs]);
    }

    [Fact]
    public void SettingThatTheWaysDoNotAgreeOn_IsLeftOut()
    {
        LocationDraft joined = LocationJoin.All([
            Of((LocationSettings.DeviceIdColumn, "a"), (LocationSettings.ContainerUri, "https://one")),
            Of((LocationSettings.DeviceIdColumn, "b"), (LocationSettings.ContainerUri, "https://one")),
        ]);

        Assert.Equal([LocationSettings.ContainerUri], joined.Settings.Keys);
    }

    private static LocationDraft Of(params (string Key, string Value)[] settings) =>
        LocationDraft.Of(LocationKinds.DataExplorerTable, "adx/iot/t", resourceId: null) with
        {
            Settings = settings.ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal),
        };
}
