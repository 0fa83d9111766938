namespace IotHubDsr.Core.Tests.Foundation;

public sealed class TextListTests
{
    private static readonly DataHold Hold = new() { LocationId = "blob.raw", ReviewAt = DateTimeOffset.UnixEpoch };

    [Fact]
    public void Text_OfAList_IsItsItems()
    {
        DataLocation location = Located("route 'a'", "route 'b'");

        Assert.Equal("route 'a'; route 'b'", $"{location.Provenance}");
        Assert.Equal("containerUri = https://a/b", $"{location.Settings}");
    }

    [Fact]
    public void Records_WithTheSameList_AreEqual()
    {
        IReadOnlyList<DataHold> holds = [Hold];

        Assert.Equal(Request(holds), Request(holds));
        Assert.Equal(Request([]), Request([]));
        Assert.NotEqual(Request(holds), Request([]));
    }

    private static DataLocation Located(params string[] provenance) =>
        new()
        {
            Id = "blob.raw",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = "a/b",
            Provenance = provenance,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { [LocationSettings.ContainerUri] = "https://a/b" },
        };

    private static DataRequest Request(IReadOnlyList<DataHold> holds) =>
        new()
        {
            RequestId = "r",
            RequestStore = "/store",
            HubHostName = "hub",
            ReceivedAt = DateTimeOffset.UnixEpoch,
            DueAt = DateTimeOffset.UnixEpoch,
            Status = DataRequestStatus.Received,
            JournalDigest = "sha256:0",
            Holds = holds,
        };
}
