using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Tests.Azure;

public sealed class ArmIdTests
{
    private const string Hub = "/subscriptions/s1/resourceGroups/rg(1)/providers/Microsoft.Devices/IotHubs/contoso";

    [Fact]
    public void TryParse_Hub_GivesItsParts()
    {
        Assert.True(ArmId.TryParse(Hub, out ArmId? id));
        Assert.Equal(
            ("s1", "rg(1)", "Microsoft.Devices", "IotHubs", "contoso"),
            (id.SubscriptionId, id.ResourceGroup, id.Namespace, id.Type, id.Name)
        );
        Assert.True(id.IsOf("microsoft.devices", "iothubs"));
        Assert.Equal(Hub, id.ToString());
    }

    [Fact]
    public void TryParse_NestedType_NamesTheOuterResource()
    {
        Assert.True(
            ArmId.TryParse("/subscriptions/s/resourceGroups/g/providers/Microsoft.EventHub/namespaces/ns/eventhubs/eh", out ArmId? id)
        );
        Assert.Equal("namespaces/eventhubs", id.Type);
        Assert.Equal("ns", id.NameOf("Namespaces"));
        Assert.Null(id.NameOf("queues"));
    }

    [Fact]
    public void TryParse_ExtensionResource_KeepsWhatItExtends()
    {
        string text = Hub + "/providers/Microsoft.EventGrid/eventSubscriptions/sub";
        Assert.True(ArmId.TryParse(text, out ArmId? id));
        Assert.True(id.IsOf("Microsoft.EventGrid", "eventSubscriptions"));
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("contoso")]
    [InlineData("/subscriptions/s/resourceGroups/g")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/..")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/a?b=c")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/a%2fb")]
    [InlineData("/subscriptions/s/resourceGroups//providers/Microsoft.Devices/IotHubs/a")]
    [InlineData("/tenants/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/a")]
    public void TryParse_NotAnId_Refuses(string? text) => Assert.False(ArmId.TryParse(text, out _));

    [Fact]
    public void Path_OddCharacters_AreEscaped()
    {
        Assert.True(ArmId.TryParse("/subscriptions/s/resourceGroups/g h/providers/Microsoft.Devices/IotHubs/ü", out ArmId? id));
        Assert.Equal("/subscriptions/s/resourceGroups/g%20h/providers/Microsoft.Devices/IotHubs/%C3%BC", id.Path);
    }

    [Fact]
    public void Names_OtherCaseAndTrailingSlash_IsTheSameResource()
    {
        Assert.True(ArmId.TryParse(Hub, out ArmId? id));
        Assert.True(id.Names(Hub.ToUpperInvariant() + "/"));
        Assert.False(id.Names(Hub + "2"));
        Assert.False(id.Names(null));
    }
}
