package org.defconfiji.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.GetModelCard;
import org.defconfiji.protocol.InstallModel;
import org.defconfiji.protocol.Model;
import org.defconfiji.protocol.ModelReply;
import org.defconfiji.protocol.RemoveModel;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.SetDefaultModel;

/** What a connection asks about the daemon's models. */
public final class Models {
  private final Questions questions;

  Models(Questions questions) {
    this.questions = questions;
  }

  /**
   * Puts a model among the user's; it is read as a whole before it takes its place.
   *
   * @param path absolute, on the daemon's machine
   * @param name what to call it; empty for the file's own name
   * @param replace whether it takes the place of a model that the user installed under that name
   * @return its name, and all models as they are then
   * @throws RefusedException it is damaged or no model (MODEL_FORMAT ...), or the name is taken (MODEL_NAME)
   */
  public Changed install(String path, String name, boolean replace) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setInstallModel(
                    InstallModel.newBuilder().setRequest(request).setPath(path).setName(name).setReplace(replace)),
        Models::changed);
  }

  /** Removes one of the user's models. @throws RefusedException MODEL_NOT_FOUND, MODEL_FIXED */
  public Changed remove(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder().setRemoveModel(RemoveModel.newBuilder().setRequest(request).setName(name)),
        Models::changed);
  }

  /** Chooses the model that counts when none is named, for good. @throws RefusedException MODEL_NOT_FOUND */
  public Changed setDefault(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setSetDefaultModel(SetDefaultModel.newBuilder().setRequest(request).setName(name)),
        Models::changed);
  }

  /** What a person reads about a model. @throws RefusedException MODEL_NOT_FOUND */
  public ModelCard card(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder().setGetModelCard(GetModelCard.newBuilder().setRequest(request).setName(name)),
        message ->
            new ModelCard(message.getModelCard().getCard(), message.getModelCard().getPicture().toByteArray()));
  }

  private static Changed changed(ServerMessage message) {
    ModelReply reply = message.getModelReply();
    return new Changed(reply.getName(), infos(reply.getModelsList()));
  }

  static List<ModelInfo> infos(List<Model> models) {
    List<ModelInfo> infos = new ArrayList<>();
    for (Model model : models) infos.add(new ModelInfo(model));
    return Collections.unmodifiableList(infos);
  }

  /** A change that was made. */
  public static final class Changed {
    private final String name;
    private final List<ModelInfo> models;

    Changed(String name, List<ModelInfo> models) {
      this.name = name;
      this.models = models;
    }

    /** Of the model that was changed. */
    public String name() {
      return name;
    }

    /** All models as they are then, the default first. */
    public List<ModelInfo> models() {
      return models;
    }
  }
}
