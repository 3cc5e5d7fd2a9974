using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace UsersApi.Hosting;

/// <summary>
/// Binds an empty query parameter to an empty text, which validation can refuse. By default MVC binds it to null, as if it had not been
/// sent: <c>?email=</c> would list everybody.
/// </summary>
internal sealed class EmptyTexts : IDisplayMetadataProvider
{
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context)
    {
        if (context.Key is { MetadataKind: ModelMetadataKind.Parameter, ModelType: var type } && type == typeof(string))
        {
            context.DisplayMetadata.ConvertEmptyStringToNull = false;
        }
    }
}
