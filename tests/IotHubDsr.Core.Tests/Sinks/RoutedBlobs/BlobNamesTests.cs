using System.Globalization;
using CsCheck;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Sinks.RoutedBlobs;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

public sealed class BlobNamesTests
{
    private const string Usual = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}";

    [Theory]
    [InlineData(Usual, "hub1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    [InlineData(Usual, "HUB1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    [InlineData(Usual, "hub2/0/2026/01/05/08/00", BlobOwner.AnotherHub)]
    // Names of hubs that are the beginning or the end of one another.
    [InlineData(Usual, "hub/0/2026/01/05/08/00", BlobOwner.AnotherHub)]
    [InlineData(Usual, "hub1-b/0/2026/01/05/08/00", BlobOwner.AnotherHub)]
    [InlineData(Usual, "my-hub1/0/2026/01/05/08/00", BlobOwner.AnotherHub)]
    [InlineData(Usual, "zz/hub1-b-0-2026-01-05-08-00.json", BlobOwner.Unclear)]
    [InlineData(Usual, "zz/hub1-0-2026-01-05-08-00.json", BlobOwner.Unclear)]
    [InlineData(Usual, "zz/hub10.json", BlobOwner.Unclear)]
    [InlineData(Usual, "zz/hub1.json", BlobOwner.ThisHub)]
    [InlineData(Usual, "zz/hub1_0_2026.json", BlobOwner.ThisHub)]
    [InlineData(Usual, "backup of HUB1", BlobOwner.ThisHub)]
    [InlineData(Usual, "hub2/0/2026/01/05/08/00/copy", BlobOwner.Unclear)]
    [InlineData(Usual, "hub1/0/2026/01/05/08/00/copy", BlobOwner.ThisHub)]
    [InlineData(Usual, "hub1/0/2026/01/05/08/00\n", BlobOwner.ThisHub)]
    [InlineData(Usual, "README.txt", BlobOwner.Unclear)]
    // Letters that only look like those of the hub's name do not end it.
    [InlineData(Usual, "h\u00fcb1/0/2026/01/05/08/00", BlobOwner.Unclear)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub2.avro", BlobOwner.AnotherHub)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub1.avro", BlobOwner.ThisHub)]
    [InlineData("{YYYY}{MM}{DD}{HH}{mm}-{partition}-{iothub}.avro", "202601050800-3-hub2xavro", BlobOwner.Unclear)]
    // Whether 'hub1' has partition 2 or 'hub' partition 12 nobody can tell.
    [InlineData("{iothub}{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "hub12/2026/01/05/08/00", BlobOwner.Unclear)]
    [InlineData("{iothub}{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "other12/2026/01/05/08/00", BlobOwner.AnotherHub)]
    [InlineData("{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "0/2026/01/05/08/00", BlobOwner.Unclear)]
    [InlineData(null, "hub2/0/2026/01/05/08/00", BlobOwner.Unclear)]
    [InlineData(null, "hub1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    internal void OwnerOf_Name_IsThisHubsOnlyIfItTellsSo(string? format, string name, BlobOwner owner) =>
        Assert.Equal(owner, new BlobNames("hub1", format).OwnerOf(name));

    [Theory]
    [InlineData("hub2 {partition}/{iothub}/hub1", "0/hub2/hub1", BlobOwner.Unclear)]
    [InlineData("hub2 {partition}/{iothub}", "0/hub2", BlobOwner.AnotherHub)]
    [InlineData("hub2 {partition}/{iothub}", "hub1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    [InlineData("hub2 {partition}/{iothub}", "hub1 and hub2", BlobOwner.Unclear)]
    [InlineData("hub2 {partition}/{iothub}", "only hub2", BlobOwner.AnotherHub)]
    // Devices of hub2 choose the names of what they upload.
    [InlineData("hub2", "dev1/hub1.json", BlobOwner.Unclear)]
    [InlineData("hub2", "hub1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    internal void OwnerOf_NameThatAnotherHubCanHaveGiven_IsNotThisHubs(string others, string name, BlobOwner owner) =>
        Assert.Equal(owner, new BlobNames("hub1", Usual, others).OwnerOf(name));

    [Theory]
    [InlineData("old-hub/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    [InlineData("hub1/0/2026/01/05/08/00", BlobOwner.ThisHub)]
    [InlineData("old-hub2/0/2026/01/05/08/00", BlobOwner.AnotherHub)]
    [InlineData("2026/01/05/08/00/0-old-hub", BlobOwner.ThisHub)]
    internal void OwnerOf_HubThatHadAnotherName_KnowsBoth(string name, BlobOwner owner) =>
        Assert.Equal(owner, new BlobNames("hub1\nold-hub", Usual + "\n{YYYY}/{MM}/{DD}/{HH}/{mm}/{partition}-{iothub}").OwnerOf(name));

    [Fact]
    public void OwnerOf_AnyTwoHubs_AreToldApartByTheUsualFormat() =>
        Gen.Select(Gen.Char["ab-"].Array[3, 6], Gen.Char["ab-"].Array[3, 6])
            .Sample(
                (one, other) =>
                {
                    string hub = new(one),
                        another = new(other);
                    Assert.Equal(
                        hub == another ? BlobOwner.ThisHub : BlobOwner.AnotherHub,
                        new BlobNames(hub, Usual).OwnerOf($"{another}/3/2026/01/05/08/00")
                    );
                }
            );

    [Theory]
    [InlineData("hub1/0/2026/01/05/08/00", true)]
    [InlineData("2026/01/05/08/00/0-hub1", true)]
    [InlineData("hub2/0/2026/01/05/08/00", false)]
    [InlineData("2026/01/05/08/00/0-hub2", false)]
    public void Concerns_SeveralFormatsInOneContainer_ExcludesOtherHubsInEach(string name, bool concerns) =>
        Assert.Equal(concerns, new BlobNames("hub1", Usual + "\n{YYYY}/{MM}/{DD}/{HH}/{mm}/{partition}-{iothub}").Concerns(name));

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
    public void TimesOf_NameOrFolderOfTheFormat_TellsTheTime(string name, string start, string end) =>
        Assert.Equal(
            new NameTimes(true, Time(start), Time(end)),
            new BlobNames("contoso-hub", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}").TimesOf(name)
        );

    [Theory]
    [InlineData("contoso-hub/3/", true)]
    [InlineData("contoso-hub/", true)]
    [InlineData("elsewhere/", false)]
    [InlineData("contoso-hub/3/2026/13/", false)]
    [InlineData("contoso-hub/3/2026/02/30/08/17", false)]
    [InlineData("contoso-hub/3/2026/01/05/08/17/more/", false)]
    public void TimesOf_NameThatDoesNotTell_NarrowsNothing(string name, bool isOfLayout) =>
        Assert.Equal(
            new NameTimes(isOfLayout, null, null),
            new BlobNames("contoso-hub", "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}").TimesOf(name)
        );

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
