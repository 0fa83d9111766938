using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// A kind of place, in a folder of its own: one implementation for each, found by reflection. What leads to places of the kind is said by the
/// interfaces of <see cref="IPlaceSource"/> that it implements; a kind that nothing leads to is known from location files alone.
/// </summary>
internal interface ISinkKind
{
    PlaceDescription Description { get; }

    /// <summary>The code that works on places of the kind; null when there is none, and a person has to.</summary>
    Sink? Open(SinkServices services) => null;
}

/// <summary>What sinks are made of, once per connection.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Containers">Blob containers; what downloads may take of the memory is theirs together.</param>
/// <param name="Time">What all that is decided by the time goes by.</param>
/// <param name="Access">The way to services that have no client of their own here.</param>
internal sealed record SinkServices(HubClient Hub, BlobContainers Containers, TimeProvider Time, AzureAccess Access)
{
    /// <summary>Name of the hub.</summary>
    public string HubName => Hub.HostName.Split('.')[0];
}

/// <summary>A kind of place with the roles that there are for it: what cannot be done there has none.</summary>
/// <param name="Description">The kind.</param>
/// <param name="Find">Finds. Without it a person looks.</param>
internal sealed record Sink(PlaceDescription Description, IFinder Find)
{
    /// <summary>Copies into packages; null when that cannot be done.</summary>
    public IExporter? Export { get; init; }

    /// <summary>Erases; null when that cannot be done.</summary>
    public IEraser? Erase { get; init; }

    /// <summary>Asks for orders to erase; null where erasing is done when it returns.</summary>
    public ITicketReader? Tickets { get; init; }

    /// <summary>Says how long it takes; null where no limit of the service slows it down.</summary>
    public IPaced? Pace { get; init; }

    /// <summary>A sink whose roles are those of one object.</summary>
    /// <param name="description">The kind.</param>
    /// <param name="roles">What has the roles.</param>
    public static Sink Of(PlaceDescription description, IFinder roles) =>
        new(description, roles)
        {
            Export = roles as IExporter,
            Erase = roles as IEraser,
            Tickets = roles as ITicketReader,
            Pace = roles as IPaced,
        };
}
