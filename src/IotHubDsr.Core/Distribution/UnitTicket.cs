using System.Text.Json;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// A unit as the engine carries it from the command to a worker. The engine keeps it in clear, so it has names and digests only: what the
/// unit is about is read from the request.
/// </summary>
/// <param name="Folder">The request, or the reading without one.</param>
/// <param name="Work">The work in it.</param>
/// <param name="Unit">Name of the unit.</param>
internal sealed record UnitTicket(string Folder, string Work, string Unit)
{
    public string ToText() => JsonSerializer.Serialize(this);

    /// <exception cref="JsonException">It is no ticket.</exception>
    public static UnitTicket Parse(string text) =>
        JsonSerializer.Deserialize<UnitTicket>(text) is { Folder: not null, Work: not null, Unit: not null } ticket
            ? ticket
            : throw new JsonException("it is no ticket");
}

/// <summary>Units that are handed to the engine together.</summary>
/// <param name="Id">A name that no other batch has; the engine takes a batch once.</param>
/// <param name="Folder">The request, or the reading without one.</param>
/// <param name="Work">The work in it.</param>
/// <param name="Units">Names of the units.</param>
internal sealed record UnitBatch(string Id, string Folder, string Work, IReadOnlyList<string> Units)
{
    /// <summary>The engine reads the whole history of a batch at each of its steps.</summary>
    public const int Most = 32;

    public string ToText() => JsonSerializer.Serialize(this);

    /// <exception cref="JsonException">It is no batch.</exception>
    public static UnitBatch Parse(string text) =>
        JsonSerializer.Deserialize<UnitBatch>(text) is { Id: not null, Folder: not null, Work: not null, Units: not null } batch
            ? batch
            : throw new JsonException("it is no batch");

    public UnitTicket TicketOf(string unit) => new(Folder, Work, unit);
}
