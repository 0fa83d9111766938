using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

/// <summary>Names of members as devices choose them.</summary>
public sealed class HubJsonTests
{
    [Theory]
    [InlineData("""{"name":"secret"}""", "name")]
    [InlineData("""{"a\":b":"secret"}""", "a\":b")]
    [InlineData("""{"half\ud800":"secret"}""", "half\\ud800")]
    [InlineData("""{"a\":b\ud800\\":"secret"}""", "a\\\":b\\ud800\\\\")]
    [InlineData("""{"\udfff" : {"x":"secret"}}""", "\\udfff")]
    public void NameOf_IsTheName_AndNothingOfTheValue(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(expected, document.RootElement.EnumerateObject().Single().NameOf());
    }
}
