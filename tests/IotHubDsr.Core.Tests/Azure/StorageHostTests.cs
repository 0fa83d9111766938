using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Tests.Azure;

/// <summary>A storage token goes to hosts of the connection's cloud and to those that the operator names.</summary>
public sealed class StorageHostTests
{
    private static readonly Cloud Named = Cloud.Public with { TrustedHosts = ["files.contoso.example", "azurite.example:10000"] };

    [Theory]
    [InlineData("https://stcontoso.blob.core.windows.net/c")]
    [InlineData("https://STCONTOSO.blob.core.windows.net:443/c")]
    [InlineData("https://stcontoso.z12.blob.storage.azure.net/c")]
    [InlineData("https://stcontoso.privatelink.blob.core.windows.net/c")]
    [InlineData("https://stcontoso-secondary.blob.core.windows.net/c")]
    [InlineData("https://files.contoso.example/c")]
    [InlineData("https://Files.Contoso.example:443/c")]
    [InlineData("https://azurite.example:10000/c")]
    public void RequireTrusted_HostOfTheCloudOrNamed_Passes(string address) => Named.RequireTrusted(new Uri(address));

    [Theory]
    [InlineData("https://evil.example/c")]
    [InlineData("https://contosorouted.blob.core.windows.net.evil.example/c")]
    [InlineData("https://evilblob.core.windows.net/c")]
    [InlineData("https://a.b.evil.example/blob.core.windows.net")]
    [InlineData("https://evil.example#.blob.core.windows.net/c")]
    [InlineData("https://stcontoso.blob.core.windows.net@evil.example/c")]
    [InlineData("https://ana@stcontoso.blob.core.windows.net/c")]
    [InlineData("http://stcontoso.blob.core.windows.net/c")]
    [InlineData("http://files.contoso.example/c")]
    [InlineData("https://stcontoso.blob.core.windows.net:8443/c")]
    [InlineData("https://stcontoso.blob.core.windows.net./c")]
    [InlineData("https://stcontoso.blob.core.usgovcloudapi.net/c")]
    [InlineData("https://stcontoso.queue.core.windows.net/c")]
    [InlineData("https://st-contoso.blob.core.windows.net/c")]
    [InlineData("https://stcontoso.bl\u043eb.core.windows.net/c")]
    [InlineData("https://files.contoso.example.evil.example/c")]
    [InlineData("https://sub.files.contoso.example/c")]
    [InlineData("https://azurite.example/c")]
    [InlineData("https://192.0.2.1/c")]
    public void RequireTrusted_AnyOtherHost_IsAFault(string address) =>
        Assert.Equal("StorageHostNotTrusted", Assert.Throws<DsrException>(() => Named.RequireTrusted(new Uri(address))).Fault.Id);

    [Fact]
    public void RequireTrusted_OtherCloud_KnowsItsOwnHostsOnly()
    {
        var china = Cloud.Of(AzureCloud.AzureChinaCloud);

        china.RequireTrusted(new Uri("https://st1.blob.core.chinacloudapi.cn/c"));
        Assert.Throws<DsrException>(() => china.RequireTrusted(new Uri("https://st1.blob.core.windows.net/c")));
        Assert.Throws<DsrException>(() => china.RequireTrusted(new Uri("https://st1.z1.blob.storage.azure.net/c")));
    }

    [Fact]
    public void Container_AtAForeignHost_IsNotOpened()
    {
        var arm = new FakeArm();
        using AzureAccess access = arm.Connect();
        var location = new DataLocation
        {
            Id = "a",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = "a/b",
            Provenance = [],
            Settings = new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = "https://st1.blob.core.windows.net.evil.example/c",
            },
        };

        Assert.Throws<DsrException>(() => new BlobContainers(access, TimeProvider.System).Of(location));
        Assert.Empty(arm.Requests);
    }
}
