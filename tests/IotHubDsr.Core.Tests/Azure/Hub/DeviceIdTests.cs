using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class DeviceIdTests
{
    [Theory]
    [InlineData("th-17")]
    [InlineData("-:.+%_#*?!(),=@;$'")]
    [InlineData("..hidden")]
    [InlineData("...")]
    [InlineData("50%25")]
    public void TryValidate_WhatHubsHold_IsAccepted(string deviceId)
    {
        Assert.True(DeviceId.TryValidate(deviceId, out string reason));
        Assert.Empty(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("grün")]
    [InlineData("a&b")]
    public void TryValidate_WhatNoPathCanCarry_IsRefusedWithAReason(string deviceId)
    {
        Assert.False(DeviceId.TryValidate(deviceId, out string reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void TryValidate_Length_EndsAt128()
    {
        Assert.True(DeviceId.TryValidate(new string('a', 128), out _));
        Assert.False(DeviceId.TryValidate(new string('a', 129), out string reason));
        Assert.Equal("it has 129 characters", reason);
    }

    [Fact]
    public async Task GetIdentity_DotAsId_IsRefusedBeforeAnythingIsSent()
    {
        using var hub = new ScriptedHub();

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => hub.Client().GetIdentityAsync("..", CancellationToken.None));

        Assert.Equal(FaultCatalogue.InvalidDeviceId.Id, failure.Fault.Id);
        Assert.Empty(hub.Requests);
    }
}
