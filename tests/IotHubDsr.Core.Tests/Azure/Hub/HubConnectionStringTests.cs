using System.Text;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubConnectionStringTests
{
    private const string Key = "YW4gZXhhbXBsZSBrZXksIDMyIGJ5dGVzIGxvbmcgKy8h";

    [Fact]
    public void Parse_PolicyOfAHub_GivesItsParts()
    {
        var parsed = HubConnectionString.Parse($"HostName=contoso.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey={Key}");

        Assert.Equal("contoso.azure-devices.net", parsed.HostName);
        Assert.Equal("iothubowner", parsed.PolicyName);
        Assert.Equal("an example key, 32 bytes long +/!", Encoding.ASCII.GetString(parsed.Key.Span));
    }

    [Theory]
    [InlineData(" SharedAccessKey = " + Key + " ; hostname=H.azure-devices.net ;sharedaccesskeyname=service;")]
    [InlineData("HostName=H.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=" + Key + ";GatewayHostName=gw")]
    public void Parse_OrderCaseAndExtras_DoNotMatter(string text) =>
        Assert.Equal("service of H.azure-devices.net", HubConnectionString.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("S3cretS3cret")]
    [InlineData("HostName=h.net;SharedAccessKeyName=p")]
    [InlineData("HostName=h.net;SharedAccessKeyName=p;SharedAccessKey=")]
    [InlineData("HostName=h.net;SharedAccessKeyName=p;SharedAccessKey=S3cret not base64")]
    [InlineData("HostName=h.net;SharedAccessKeyName=p;SharedAccessKey=S3cretS3cret;SharedAccessKey=S3cretS3cret")]
    [InlineData("HostName=h.net;DeviceId=d;SharedAccessKeyName=p;SharedAccessKey=S3cretS3cret")]
    [InlineData("HostName=https://h.net/;SharedAccessKeyName=p;SharedAccessKey=S3cretS3cret")]
    [InlineData("HostName=h.net/x?S3cret;SharedAccessKeyName=p;SharedAccessKey=S3cretS3cret")]
    [InlineData("SharedAccessKeyName=p;SharedAccessKey=S3cretS3cret")]
    [InlineData("HostName=h.net;SharedAccessKey=S3cretS3cret")]
    public void Parse_AnythingElse_FailsWithoutShowingIt(string text)
    {
        DsrException failure = Assert.Throws<DsrException>(() => HubConnectionString.Parse(text));

        Assert.Equal(FaultCatalogue.InvalidConnectionString.Id, failure.Fault.Id);
        string shown = failure.ToString() + failure.Fault.Target + failure.Fault.RecommendedAction;
        Assert.DoesNotContain("S3cret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_ShowsNoKey() =>
        Assert.Equal("p of h.net", HubConnectionString.Parse($"HostName=h.net;SharedAccessKeyName=p;SharedAccessKey={Key}").ToString());
}
