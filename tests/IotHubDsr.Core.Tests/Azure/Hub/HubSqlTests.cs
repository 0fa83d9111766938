using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Hub.Query;

namespace IotHubDsr.Core.Tests.Azure.Hub;

/// <summary>IDs in the hub's query language, and conditions that do nothing but list devices.</summary>
public sealed class HubSqlTests
{
    [Theory]
    [InlineData("it's")]
    [InlineData("''")]
    [InlineData("x'=(y)!*")]
    [InlineData("a\"b")]
    [InlineData("50%25")]
    [InlineData("a\\")]
    [InlineData("a\\'b")]
    public void Text_IsOneLiteralOfTheSameText(string id)
    {
        string condition = $"deviceId = {HubSql.Text(id)}";

        Assert.Equal([id], HubSql.Literals(condition));
        Assert.Equal([id], DeviceCondition.TryParse(condition)!.DeviceIds);
        Assert.Single(
            QueryParser
                .Parse($"SELECT * FROM devices WHERE {condition}")
                .Rows([new() { ["deviceId"] = id }, new() { ["deviceId"] = id + "x" }])
        );
    }

    [Theory]
    [InlineData("deviceId = 'x", null)]
    [InlineData(@"deviceId = 'it\'s' OR tags.a = ""b""", "it's|b")]
    [InlineData(@"deviceId = 'a\u0027b'", "a'b")]
    [InlineData("version > 2", "")]
    public void Literals_AreDecoded(string sql, string? expected) =>
        Assert.Equal(expected, HubSql.Literals(sql) is { } literals ? string.Join('|', literals) : null);

    [Theory]
    [InlineData("deviceId IN ['a', 'b']", "a", "deviceId IN ['a', '…']")]
    [InlineData("deviceId = 'it''s' OR tags.owner = \"ana\"", "it's", "deviceId = 'it''s' OR tags.owner = \"…\"")]
    [InlineData(@"deviceId = '\u0061'", "a", @"deviceId = '\u0061'")]
    [InlineData("deviceId IN ['a', 'bob", "a", "deviceId IN ['a', '…'")]
    [InlineData("version > 2", "a", "version > 2")]
    public void Masked_ShowsNoOtherLiteral(string sql, string kept, string expected) => Assert.Equal(expected, HubSql.Masked(sql, kept));

    [Theory]
    [InlineData("deviceId IN ['a', 'b']", "a", "deviceId IN ['b']")]
    [InlineData("deviceId IN ['b','a','c']", "a", "deviceId IN ['b', 'c']")]
    [InlineData("deviceid in [ 'it''s' , \"a\" ]", "a", "deviceid in [ 'it''s' ]")]
    [InlineData("devices.deviceId IN ['a','a','b']", "a", "devices.deviceId IN ['b']")]
    [InlineData("deviceId='a' OR deviceId = 'b'", "a", "deviceId = 'b'")]
    [InlineData("deviceId='A' or deviceId IN ['a','b'] OR deviceId='a'", "a", "deviceId='A' OR deviceId IN ['b']")]
    [InlineData("deviceId IN ['a1', 'a']", "a", "deviceId IN ['a1']")]
    [InlineData("deviceId = 'a'", "a", null)]
    [InlineData("deviceId IN ['a']", "a", null)]
    [InlineData("deviceId IN ['a','b']", "c", "deviceId IN ['a','b']")]
    public void Without_TakesOutTheDeviceAndKeepsTheRest(string condition, string deviceId, string? expected) =>
        Assert.Equal(expected, DeviceCondition.TryParse(condition)!.Without(deviceId));

    [Theory]
    [InlineData("deviceId IN ['a','b'] AND tags.x = 'y'")]
    [InlineData("NOT deviceId IN ['a','b']")]
    [InlineData("deviceId NIN ['a','b']")]
    [InlineData("deviceId != 'a'")]
    [InlineData("(deviceId = 'a' OR deviceId = 'b')")]
    [InlineData("tags.deviceId IN ['a','b']")]
    [InlineData("deviceId IN []")]
    [InlineData("deviceId IN ['a','b'] OR")]
    [InlineData("deviceId IN ['a','b")]
    [InlineData("deviceIds = 'a'")]
    [InlineData("deviceId IN ['a',7]")]
    [InlineData("")]
    public void AnyOtherCondition_IsNone(string condition) => Assert.Null(DeviceCondition.TryParse(condition));
}
