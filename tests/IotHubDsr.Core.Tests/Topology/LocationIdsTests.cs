using System.Text.RegularExpressions;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

public sealed class LocationIdsTests
{
    private static LocationDraft At(string place, string kind = LocationKinds.RoutedBlobContainer) =>
        new()
        {
            Kind = kind,
            Place = place,
            Ways = [],
        };

    [Fact]
    public void Ids_OfPlacesThatLookAlike_GetAHashAndDoNotDependOnTheirOrder()
    {
        IReadOnlyList<string> ids = LocationIds.For([At("st/a b"), At("st/a-b"), At("st/c")]);
        IReadOnlyList<string> turned = LocationIds.For([At("st/c"), At("st/a-b"), At("st/a b")]);

        Assert.Equal("routed-blob.st.c", ids[2]);
        Assert.Matches("^routed-blob\\.st\\.a-b-[0-9a-f]{12}$", ids[0]);
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids, turned.Reverse());
    }

    [Fact]
    public void Ids_AreUniqueStableAndSafeAsFileNames() =>
        Gen.Select(
                Gen.String[0, 120],
                Gen.OneOf(
                    Gen.Const(LocationKinds.UnknownSink),
                    Gen.Const(LocationKinds.EventHub),
                    Gen.Const(LocationKinds.RoutedBlobContainer)
                )
            )
            .Select(static (place, kind) => At(place, kind))
            .List[0, 8]
            .Sample(static locations =>
            {
                LocationDraft[] distinct = [.. locations.DistinctBy(static location => (location.Kind, location.Place))];
                IReadOnlyList<string> ids = LocationIds.For(distinct);
                return ids.Distinct(StringComparer.OrdinalIgnoreCase).Count() == distinct.Length
                    && ids.All(static id => id.Length <= 80 && Regex.IsMatch(id, @"\A(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?\z"));
            });
}
