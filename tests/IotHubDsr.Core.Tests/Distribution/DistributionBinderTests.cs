using IotHubDsr.Core.Distribution.Durable;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Messages name types of the engine, and no others.</summary>
public sealed class DistributionBinderTests
{
    private static readonly DurableTypeBinder s_binder = new();

    [Theory]
    [InlineData("DurableTask.Core", "DurableTask.Core.TaskMessage")]
    [InlineData("DurableTask.Core", "DurableTask.Core.History.TaskScheduledEvent")]
    [InlineData("DurableTask.AzureStorage", "DurableTask.AzureStorage.MessageData")]
    public void Type_OfTheEngine_IsFound(string assembly, string name) => Assert.Equal(name, s_binder.BindToType(assembly, name).FullName);

    [Fact]
    public void Tags_ArriveAsTheyWere()
    {
        s_binder.BindToName(typeof(Dictionary<string, string>), out string assembly, out string name);

        Assert.Equal(typeof(Dictionary<string, string>), s_binder.BindToType(assembly, name));
    }

    [Theory]
    [InlineData(typeof(FileInfo))]
    [InlineData(typeof(Dictionary<string, object>))]
    [InlineData(typeof(List<string>))]
    public void Type_OfSomethingElse_IsRefused(Type type)
    {
        s_binder.BindToName(type, out string assembly, out string name);

        Assert.Throws<InvalidOperationException>(() => s_binder.BindToType(assembly, name));
    }
}
