using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace UsersApi.Hosting;

/// <summary>Lets messages name a property as the client does: "The field fullName ...".</summary>
internal sealed class CamelCaseDisplayNames : IDisplayMetadataProvider
{
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context)
    {
        if (context.Key is { MetadataKind: ModelMetadataKind.Property, Name: { } name })
        {
            context.DisplayMetadata.DisplayName = () => JsonNamingPolicy.CamelCase.ConvertName(name);
        }
    }
}
