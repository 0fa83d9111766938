using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>What the hub says of its deliveries to an endpoint.</summary>
internal sealed record EndpointHealth(string EndpointId, string Status, string? LastError, string? LastErrorTime)
{
    public bool IsBuiltIn => EndpointId.Equals(Route.BuiltInEndpoint, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether messages can still wait in the hub for the endpoint. A state that is not known is taken to be such a one.</summary>
    public bool IsTroubled => Status.ToLowerInvariant() is not ("healthy" or "unknown");

    public static EndpointHealth? Read(JsonElement state) =>
        state.Text("endpointId") is { } id
            ? new EndpointHealth(
                id,
                state.Text("healthStatus") ?? "unknown",
                state.Text("lastKnownError"),
                state.Text("lastKnownErrorTime")
            )
            : null;

    public bool IsOf(RoutingEndpoint endpoint) =>
        EndpointId.Equals(endpoint.Name, StringComparison.OrdinalIgnoreCase)
        || EndpointId.Equals(endpoint.Id, StringComparison.OrdinalIgnoreCase);

    public string InWords(string endpoint)
    {
        string error = (LastError, LastErrorTime) switch
        {
            (null, _) => "",
            ({ } text, null) => $" (last error: {LocationText.Quote(text)})",
            ({ } text, { } time) => $" (last error at {time}: {LocationText.Quote(text)})",
        };
        return $"endpoint '{endpoint}' is {Status.ToLowerInvariant()}: messages can still be queued for it{error}";
    }
}
