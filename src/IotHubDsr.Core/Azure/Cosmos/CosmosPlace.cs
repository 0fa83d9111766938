namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>A container of Cosmos DB.</summary>
/// <param name="Account">Name of the account.</param>
/// <param name="Database">Name of the database.</param>
/// <param name="Container">Name of the container in it.</param>
/// <param name="Target">The place in words, for messages.</param>
internal sealed record CosmosPlace(string Account, string Database, string Container, string Target)
{
    /// <summary>Where a role of the data plane has to be assigned.</summary>
    public string Scope { get; init; } = "the account of Cosmos DB";
}

/// <summary>What a query asks for. IDs of devices are values of parameters, and never part of the text.</summary>
/// <param name="Text">The query.</param>
/// <param name="Parameters">Values of the parameters in it, by name.</param>
internal sealed record DocumentQuery(string Text, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The range of partition keys that is asked, as <see cref="DocumentClient.RangesAsync"/> gave it.</summary>
    public string? Range { get; init; }

    /// <summary>The one partition key that is asked, as a <see cref="DocumentAddress"/> has it.</summary>
    public string? Key { get; init; }
}

/// <summary>What became of a document that was to be deleted.</summary>
internal enum Deletion
{
    Done,

    /// <summary>It has not the ETag any more under which it was to be deleted.</summary>
    Changed,

    /// <summary>There is none under its ID and partition key.</summary>
    Missing,
}
