using System.Globalization;
using IotHubDsr.Stores.BlobArchives;
using IotHubDsr.Stores.RoutedBlobs;

namespace IotHubDsr.Core.Tests.Stores.RoutedBlobs;

public sealed class BlobNamesTests
{
    [Theory]
    [InlineData("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub1/0/2026/01/05/08/00", true)]
    [InlineData("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "HUB1/0/2026/01/05/08/00", true)]
    [InlineData("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub2/0/2026/01/05/08/00", false)]
    [InlineData("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub2/0/2026/01/05/08/00/copy", true)]
    [InlineData("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub2/0/2026/01/05/08/00\n", true)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub2.avro", false)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub1.avro", true)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub2xavro", true)]
    // Whether 'hub' has partition 12 or 'hub1' partition 2 nobody can tell.
    [InlineData("{iothub}{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub12/2026/01/05/08/00", true)]
    [InlineData("{iothub}{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub112/2026/01/05/08/00", true)]
    [InlineData("{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "0/2026/01/05/08/00", true)]
    [InlineData(null, "hub2/0/2026/01/05/08/00", true)]
    public void Concerns_OnlyExcludesNamesThatCanOnlyBeAnotherHubs(string? format, string name, bool concerns) =>
        Assert.Equal(concerns, new BlobNames("hub1", format).Concerns(name));

    [Theory]
    [InlineData("hub1/0/2026/01/05/08/00", true)]
    [InlineData("2026/01/05/08/00/0-hub1", true)]
    [InlineData("hub2/0/2026/01/05/08/00", false)]
    [InlineData("2026/01/05/08/00/0-hub2", false)]
    public void Concerns_SeveralFormatsInOneContainer_ExcludesOtherHubsInEach(string name, bool concerns) =>
        Assert.Equal(concerns, new BlobNames("hub1", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}\n{YYYY}/{MM}/{DD}/{HH}/{mm}/{partition}-{iothub}").Concerns(name));

    [Fact]
    public void Concerns_HostileNameAndFormat_AreMatchedInNoTime()
    {
        var names = new BlobNames("hub1", string.Concat(Enumerable.Repeat("{iothub}", 30)) + "{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}");

        Assert.True(names.Concerns(new string('a', 1000) + "!"));
    }

    [Theory]
    [InlineData("contoso-hub/3/2026/01/05/08/17", "2026-01-05T08:17Z", "2026-01-05T08:18Z")]
    [InlineData("contoso-hub/3/2026/01/05/", "2026-01-05T00:00Z", "2026-01-06T00:00Z")]
    [InlineData("CONTOSO-HUB/31/2026/12/", "2026-12-01T00:00Z", "2027-01-01T00:00Z")]
    [InlineData("contoso-hub/3/2026/", "2026-01-01T00:00Z", "2027-01-01T00:00Z")]
    public void TimesOf_NameOrFolderOfTheFormat_TellsTheTime(string name, string start, string end) => Assert.Equal(
        new NameTimes(true, Time(start), Time(end)), new BlobNames("contoso-hub", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}").TimesOf(name));

    [Theory]
    [InlineData("contoso-hub/3/", true)]
    [InlineData("contoso-hub/", true)]
    [InlineData("elsewhere/", false)]
    [InlineData("contoso-hub/3/2026/13/", false)]
    [InlineData("contoso-hub/3/2026/02/30/08/17", false)]
    [InlineData("contoso-hub/3/2026/01/05/08/17/more/", false)]
    public void TimesOf_NameThatDoesNotTell_NarrowsNothing(string name, bool isOfLayout) => Assert.Equal(
        new NameTimes(isOfLayout, null, null), new BlobNames("contoso-hub", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}").TimesOf(name));

    [Theory]
    [InlineData("contoso-hub/3/0001/01/01/00/00")]
    [InlineData("contoso-hub/3/0001/")]
    [InlineData("contoso-hub/3/9999/12/30/23/59")]
    [InlineData("contoso-hub/3/9999/12/31/23/59")]
    public void TimesOf_NameAtTheEndOfTime_NarrowsNothing(string name)
    {
        var scope = new RecordScope { StartTime = Time("2026-01-05T08:17Z"), EndTime = Time("2026-01-05T08:18Z") };
        Assert.True(new BlobNames("contoso-hub", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}").TimesOf(name).MayHold(scope));
    }

    [Fact]
    public void TimesOf_NameThatTwoFormatsReadDifferently_SpansBoth()
    {
        var names = new BlobNames("h", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}\n{iothub}/{partition}/{YYYY}/{DD}/{MM}/{HH}/{mm}");

        Assert.Equal(new NameTimes(true, Time("2026-02-05T00:00Z"), Time("2026-05-02T00:01Z")), names.TimesOf("h/0/2026/02/05/00/00"));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
