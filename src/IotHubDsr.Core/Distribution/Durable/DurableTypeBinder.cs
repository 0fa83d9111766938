using System.Reflection;
using DurableTask.AzureStorage;
using DurableTask.Core;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>
/// Which types messages may name. Who can write to a queue of the engine could name any type of the process otherwise; messages of ours are
/// texts, and need none beside the engine's own.
/// </summary>
internal sealed class DurableTypeBinder : ICustomTypeBinder
{
    private static readonly Assembly[] s_engine = [typeof(TaskMessage).Assembly, typeof(AzureStorageOrchestrationService).Assembly];

    public void BindToName(Type serializedType, out string assemblyName, out string typeName)
    {
        assemblyName = serializedType.Assembly.GetName().Name!;
        typeName = serializedType.FullName!;
    }

    public Type BindToType(string assemblyName, string typeName) =>
        s_engine.Select(assembly => assembly.GetType(typeName)).FirstOrDefault(static type => type is not null)
        ?? throw new InvalidOperationException($"A message of the engine names the type {typeName}, which none of ours does.");
}
