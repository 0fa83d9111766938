namespace IotHubDsr.Core.Tests.Operations;

public sealed class ErasureOptionsTests
{
    [Theory]
    [InlineData(false, false, 7)]
    [InlineData(true, false, 10)]
    [InlineData(false, true, 9)]
    [InlineData(true, true, 12)]
    public void Expected_CountsOldCopiesAndWhatWasRelayedOnlyWhereAskedFor(bool oldVersions, bool relayed, long expected)
    {
        var finding = new DeviceDataFinding
        {
            DeviceId = "dev1",
            Location = new DataLocation
            {
                Id = "l",
                Kind = "k",
                Place = "p",
            },
            Verdict = Verdict.Present,
            RecordCount = 10,
            OldCopyCount = 3,
            RelayedCount = 2,
        };

        Assert.Equal(expected, new ErasureOptions { IncludeOldVersions = oldVersions, IncludeRelayed = relayed }.Expected(finding));
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0, true, true)]
    [InlineData(1, false, true)]
    public void Takes_AnItemThatOnlyHoldsWhatWasRelayed_OnlyWhereAskedFor(long records, bool relayed, bool takes) =>
        Assert.Equal(takes, new ErasureOptions { IncludeRelayed = relayed }.Takes(new SeenItem("a", "etag", records, 100)));

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Reaches_AnOldCopy_OnlyWhereAskedFor(bool isOldCopy, bool oldVersions, bool reaches) =>
        Assert.Equal(
            reaches,
            new ErasureOptions { IncludeOldVersions = oldVersions }.Reaches(new SeenItem("a", "etag", 1, 100) { IsOldCopy = isOldCopy })
        );
}
