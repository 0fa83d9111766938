using System.Buffers;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>What an ID may be, of documents and of what they are in.</summary>
internal static class DocumentId
{
    private const int LongestId = 1023;
    private static readonly SearchValues<char> s_illegal = SearchValues.Create("/\\?#");

    public static string Require(string id)
    {
        if (id.Length > LongestId)
            throw CosmosErrors.BadRequest("The name of the resource is too long.");

        return id.AsSpan().ContainsAny(s_illegal)
            ? throw CosmosErrors.BadRequest(
                "The request payload is invalid. The id has a character of those that it may not have: / \\ ? #"
            )
            : id;
    }
}
