using System.Reflection;
using DurableTask.AzureStorage;
using DurableTask.Core;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>
/// Which types messages may name. Who can write to a queue of the engine could name any type of the process otherwise; messages of ours are
/// texts, and need the engine's own types and its tags.
/// </summary>
internal sealed class DurableTypeBinder : ICustomTypeBinder
{
    private const string TagsAssembly = "IotHubDsr";
    private const string TagsName = "tags";

    private static readonly Assembly[] s_engine = [typeof(TaskMessage).Assembly, typeof(AzureStorageOrchestrationService).Assembly];

    public void BindToName(Type serializedType, out string assemblyName, out string typeName) =>
        (assemblyName, typeName) =
            serializedType == typeof(Dictionary<string, string>)
                ? (TagsAssembly, TagsName)
                : (serializedType.Assembly.GetName().Name!, serializedType.FullName!);

    public Type BindToType(string assemblyName, string typeName) =>
        (assemblyName, typeName) == (TagsAssembly, TagsName)
            ? typeof(Dictionary<string, string>)
            : s_engine
                .Where(assembly => assembly.GetName().Name == assemblyName)
                .Select(assembly => assembly.GetType(typeName))
                .FirstOrDefault(static type => type is not null)
                ?? throw new InvalidOperationException($"A message of the engine names the type {typeName}, which none of ours does.");
}
