using System.Text;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubErrorTests
{
    [Fact]
    public void Read_NameBeforeSemicolon_GivesCodeMessageAndTrackingId()
    {
        HubError? error = Read(
            null,
            """
            {"Message":"ErrorCode:ThrottlingBacklogTimeout;The request has been throttled. Wait 10 seconds and try again.",
             "ExceptionMessage":"Tracking ID:aa676e936038496cb8eecab2147cc73f-G:10-TimeStamp:06/10/2021 13:41:24"}
            """
        );

        Assert.NotNull(error);
        Assert.Equal(429003, error.Code);
        Assert.Equal("ThrottlingBacklogTimeout", error.Name);
        Assert.Equal("The request has been throttled. Wait 10 seconds and try again.", error.Message);
        Assert.Equal("aa676e936038496cb8eecab2147cc73f", error.TrackingId);
    }

    [Fact]
    public void Read_DocumentInsideTheMessage_GivesCodeMessageAndTrackingId()
    {
        HubError? error = Read(
            "DeviceNotFound",
            """{"Message":"{\"errorCode\":404001,\"trackingId\":\"t-1\",\"message\":\"no such device\"}"}"""
        );

        Assert.Equal(new HubError(404001, "DeviceNotFound", "no such device", "t-1"), error);
    }

    [Theory]
    [InlineData("DeviceNotFound", "")]
    [InlineData("DeviceNotFound", "<html>not found</html>")]
    [InlineData("DeviceNotFound", """{"Message":"ErrorCode:DeviceNotF""")]
    [InlineData("DeviceNotFound", """{"Message":"{\"errorCode\":404000}"}""")]
    [InlineData(null, """{"Message":"ErrorCode:DeviceNotFound"}""")]
    [InlineData(null, """{"errorCode":404001,"message":"gone"}""")]
    [InlineData("404001", """{"Message":"ErrorCode:404001;x"}""")]
    public void Read_OnePlaceOrAgreement_GivesTheCode(string? header, string body) => Assert.Equal(404001, Read(header, body)?.Code);

    [Theory]
    [InlineData("DeviceNotFound", """{"Message":"{\"errorCode\":404010}"}""")]
    [InlineData("SomethingNew", """{"Message":"{\"errorCode\":404001}"}""")]
    [InlineData("DeviceNotFound", """{"Message":"ErrorCode:SomethingNew;x"}""")]
    public void Read_PlacesDisagree_GivesNoCodeButTheNames(string header, string body)
    {
        HubError? error = Read(header, body);

        Assert.NotNull(error);
        Assert.Equal(0, error.Code);
        Assert.Contains(" / ", error.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("404001")]
    [InlineData("""{"Message":5}""")]
    [InlineData("""{"Message":"not the hub's words"}""")]
    [InlineData("""{"Message":"\ud800"}""")]
    [InlineData("""{"error":{"code":"NotFound"}}""")]
    public void Read_NotTheHubsWords_IsNoError(string body) => Assert.Null(Read(null, body));

    [Fact]
    public void Read_RefusalThatQuotesCredentials_HidesThem()
    {
        const string Quoted = "sr=h&sig=S3cret%2F&se=1 or Bearer S3cret.S3cret.S3cret or SharedAccessKey=S3cret= or 'primaryKey': 'S3cret'";

        HubError? error = Read("IotHubUnauthorizedAccess", $$"""{"Message":"ErrorCode:IotHubUnauthorizedAccess;bad token {{Quoted}}"}""");

        Assert.NotNull(error);
        Assert.DoesNotContain("S3cret", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("bad token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytes_NeverThrows() =>
        Gen.Select(Gen.String.Null(), Gen.Byte.Array[0, 200], Gen.String, Gen.Bool)
            .Sample(
                (header, bytes, text, wrapped) =>
                {
                    byte[] body = wrapped
                        ? Encoding.UTF8.GetBytes($$"""{"Message":{{System.Text.Json.JsonSerializer.Serialize(text)}}}""")
                        : bytes;
                    var error = HubError.Read(header, body);
                    return error is null || error.Message.Length <= 501;
                }
            );

    private static HubError? Read(string? header, string body) => HubError.Read(header, Encoding.UTF8.GetBytes(body));
}
