using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Reads the definition of a container as a client sends it.</summary>
internal static class ContainerDefinition
{
    public static CosmosContainerOptions Read(JsonElement sent)
    {
        if (!sent.TryGetProperty("partitionKey", out JsonElement key) || key.ValueKind != JsonValueKind.Object)
            throw CosmosErrors.Missing("partitionKey");

        var definition = new PartitionKeyDefinition(Texts(key, "paths"), Number(key, "version") ?? 1)
        {
            IsHierarchical =
                key.TryGetProperty("kind", out JsonElement kind)
                && "MultiHash".Equals(kind.GetString(), StringComparison.OrdinalIgnoreCase),
        };
        if (!definition.IsValid)
            throw CosmosErrors.BadRequest("The partition key definition is not valid.");

        return new CosmosContainerOptions(definition)
        {
            DefaultTimeToLive = TimeToLive(sent, "defaultTtl"),
            AnalyticalTimeToLive = TimeToLive(sent, "analyticalStorageTtl"),
            UniqueKeys = UniqueKeys(sent),
        };
    }

    private static IReadOnlyList<IReadOnlyList<string>> UniqueKeys(JsonElement sent) =>
        sent.TryGetProperty("uniqueKeyPolicy", out JsonElement policy)
        && policy.ValueKind == JsonValueKind.Object
        && policy.TryGetProperty("uniqueKeys", out JsonElement keys)
        && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(one => Texts(one, "paths"))]
            : [];

    private static string[] Texts(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement list)
        && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(one => one.GetString()!)]
            : throw CosmosErrors.Missing(name);

    private static int? TimeToLive(JsonElement sent, string name) =>
        Number(sent, name) is not { } seconds ? null
        : seconds is -1 or > 0 ? seconds
        : throw CosmosErrors.BadRequest($"The value of {name} must be -1 or a positive number.");

    private static int? Number(JsonElement owner, string name) =>
        !owner.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw CosmosErrors.BadRequest($"The value of {name} must be a number.");
}
