using System.Reflection;
using System.Runtime.Loader;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>Importing the module, and looking for kinds of place, costs no client that nobody needs yet.</summary>
public sealed class AssemblyLoadingTests
{
    [Fact]
    public void Catalogue_LoadsNoClientOfAService()
    {
        var context = new Apart(Path.GetDirectoryName(typeof(DsrEngine).Assembly.Location)!);
        try
        {
            Assembly core = context.LoadFromAssemblyName(typeof(DsrEngine).Assembly.GetName());
            Type catalogue = core.GetType(typeof(SinkCatalogue).FullName!)!;
            object? kinds = catalogue.GetProperty("OfModule", BindingFlags.Public | BindingFlags.Static)!.GetValue(null);

            Assert.NotNull(kinds);
            Assert.Contains(context.Assemblies, one => one.GetName().Name == "Azure.Core");
            Assert.DoesNotContain(context.Assemblies, one =>
                one.GetName().Name is { } name
                && ((string[])["EventHubs", "ServiceBus", "Amqp", "Cosmos", "Newtonsoft", "Queues"]).Any(part =>
                    name.Contains(part, StringComparison.Ordinal)
                )
            );
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Has assemblies of its own: what other tests have loaded does not count.</summary>
    private sealed class Apart(string folder) : AssemblyLoadContext("catalogue", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string file = Path.Combine(folder, $"{assemblyName.Name}.dll");
            return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
        }
    }
}
