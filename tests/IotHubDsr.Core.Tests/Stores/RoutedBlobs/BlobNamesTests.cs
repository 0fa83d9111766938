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

    [Fact]
    public void Concerns_HostileNameAndFormat_AreMatchedInNoTime()
    {
        var names = new BlobNames("hub1", string.Concat(Enumerable.Repeat("{iothub}", 30)) + "{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}");

        Assert.True(names.Concerns(new string('a', 1000) + "!"));
    }
}
