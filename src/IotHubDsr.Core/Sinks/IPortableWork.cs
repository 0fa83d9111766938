namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Work whose units another process can do: it opens the same work for the same place and devices, gets what is packed of a unit, and hands
/// back what the unit shows. Both name things of the place, so they belong where personal data may be.
/// </summary>
internal interface IPortableWork
{
    /// <summary>Packs a unit for another process; null when nothing of it is left to do there.</summary>
    Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken);

    /// <summary>Does a unit for the process that packed it; several run at once.</summary>
    /// <returns>What it shows.</returns>
    /// <exception cref="DsrException">The place as a whole cannot be worked on.</exception>
    Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken);

    /// <summary>Takes in what another process has shown of a unit; one at a time, in any order.</summary>
    /// <exception cref="FormatException">It is nothing that <see cref="DoPackedAsync"/> gives.</exception>
    Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken);

    /// <summary>Takes note that a unit could not be done: what is in it was not read, and nobody is absent from it.</summary>
    Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken);
}

/// <summary>A unit as another process gets it.</summary>
/// <param name="Content">What it needs.</param>
/// <param name="Bytes">How many bytes of the place it reads, as far as that is known.</param>
internal sealed record PackedUnit(byte[] Content, long Bytes);
